import { z } from 'zod';
import { THEMES, type Theme } from '../../domain/theme.ts';

/** What the console knows before anybody has signed in. */
export interface ConsoleOptions {
  /** The release of Passwire. */
  readonly version: string;
  readonly httpAllowed: boolean;
  /** A receiver that anybody may try webhooks with; undefined: there is none. */
  readonly demoReceiverUrl: string | undefined;
  readonly theme: Theme;
}

export const consoleConfigSchema = z
  .strictObject({
    version: z.string().meta({ description: 'The release of Passwire.' }),
    build: z.string().nullable().meta({
      description: 'The build of the console that is served. Null: the console is not built.',
    }),
    httpAllowed: z.boolean().meta({ description: 'Whether endpoints may be `http://`.' }),
    demoReceiverUrl: z.string().nullable().meta({ description: 'A receiver for trying webhooks. Null: there is none.' }),
    oidc: z
      .strictObject({ label: z.string().meta({ description: 'The name of the provider.' }) })
      .nullable()
      .meta({ description: 'Staff sign in at `/v1/sign-in/oidc`. Null: API keys only.' }),
    theme: z.enum(THEMES).meta({ description: 'The colours until a person chooses others; `auto` follows the system.' }),
  })
  .meta({
    id: 'ConsoleConfig',
    description: 'What the console knows before anybody has signed in.',
    examples: [
      {
        version: '0.1.0',
        build: '5f2b6c0e91aa',
        httpAllowed: false,
        demoReceiverUrl: null,
        theme: 'auto',
        oidc: { label: 'Acme' },
      },
    ],
  });

/** @param providerLabel undefined: no identity provider is configured */
export function showConsoleConfig(
  { version, httpAllowed, demoReceiverUrl, theme }: ConsoleOptions,
  build: string | undefined,
  providerLabel: string | undefined,
): z.infer<typeof consoleConfigSchema> {
  const oidc = providerLabel === undefined ? null : { label: providerLabel };
  return { version, build: build ?? null, httpAllowed, demoReceiverUrl: demoReceiverUrl ?? null, oidc, theme };
}
