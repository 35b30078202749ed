import { createHmac } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { fencesOf, readManual } from '../support/manual.ts';
import { usePasswire } from '../support/passwire.ts';
import type { Received } from '../support/receiver.ts';

const MANUAL = readManual('migrating.md');
const passwire = usePasswire();

interface Documented {
  readonly dialect: string;
  readonly signature?: object;
  readonly secrets: {
    readonly passentry?: string;
    readonly signature?: { readonly text?: string; readonly whsec?: string };
  };
}

type Header = (name: string) => string;

/** What each sender's receivers check, by the rule that its documentation gives. @returns whether the request passes */
const CHECKS: Readonly<Record<string, (secret: string, request: Received, header: Header) => boolean>> = {
  passentry: (secret, { body }, header) => header('x-webhook-signature') === hmac(secret, body),
  svix: (secret, { text }, header) => {
    const [id, time, signatures] = ['svix-id', 'svix-timestamp', 'svix-signature'].map(header);
    if (signatures === '') return false;
    const headers = { 'webhook-id': id ?? '', 'webhook-timestamp': time ?? '', 'webhook-signature': signatures ?? '' };
    return isVerified(() => new Webhook(secret).verify(text, headers));
  },
  'convoy-advanced': (secret, { text }, header) =>
    timestamped(header('x-convoy-signature'), 'v1', secret, (t) => `${t},${text}`),
  'convoy-simple': (secret, { text }, header) =>
    header('x-convoy-signature') === createHmac('sha512', secret).update(text).digest('base64'),
  outpost: (secret, { body }, header) =>
    header('x-outpost-signature').slice('v0='.length).split(',').includes(hmac(secret, body)),
  hook0: (secret, { text }, header) => timestamped(header('x-hook0-signature'), 'v0', secret, (t) => `${t}.${text}`),
  stripe: (secret, { text }, header) => timestamped(header('acme-signature'), 'v1', secret, (t) => `${t}.${text}`),
  github: (secret, { body }, header) => header('x-hub-signature-256') === `sha256=${hmac(secret, body)}`,
};

/** The library throws where nothing matches. */
function isVerified(verify: () => unknown): boolean {
  try {
    verify();
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

function hmac(secret: string, content: string | Buffer): string {
  return createHmac('sha256', secret).update(content).digest('hex');
}

/** Any signature of the version may match. */
function timestamped(header: string, version: string, secret: string, content: (time: string) => string): boolean {
  const parts = header.split(',').map((part) => part.split('='));
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  return parts.some(([name, signature]) => name === version && signature === hmac(secret, content(time)));
}

const documented = fencesOf(MANUAL).map(({ subject, code }) => ({ subject, input: JSON.parse(code) as Documented }));

test('every documented sender has a check, and every check a sender', () => {
  expect(documented.map(({ subject }) => subject)).toEqual(Object.keys(CHECKS));
});

test.each(documented)(
  '$subject: preview, test while disabled, enable, rotate with overlap, take away',
  async ({ subject, input }) => {
    const tenant = await passwire().makeTenant();
    const templateId = await tenant.makeTemplate();
    const { id: integrationId } = await tenant.makeIntegration(input);
    const path = `/${tenant.tenantId}/${subject}`;
    const trigger = 'pass.created';
    const url = passwire().receiver.url(path);
    const id = await tenant.subscribe({ integrationId, templateId, trigger, url, enabled: false });
    const secret = input.secrets.passentry ?? input.secrets.signature?.text ?? input.secrets.signature?.whsec ?? '';
    const passes = (request: Received | undefined, key = secret): boolean => {
      if (!request) return false;
      return CHECKS[subject]?.(key, request, (name) => String(request.headers[name] ?? '')) ?? false;
    };

    await tenant.ok('POST', `/v1/subscriptions/${id}/test?wait=true`, {});
    const [sample] = await passwire().receiver.waitFor(path);
    expect(sample?.headers['x-webhook-test']).toBe('true');
    expect(passes(sample)).toBe(true);

    await tenant.ok('PATCH', `/v1/subscriptions/${id}`, { enabled: true });
    const emit = () =>
      tenant.emit({ type: trigger, templateId: 'loyalty', occurredAt: '2026-03-01T12:00:00Z', pass: { id: 'p' } });
    await emit();
    expect(passes((await passwire().receiver.waitFor(path, 2)).at(-1))).toBe(true);
    if (!input.signature) return;

    const isPlain = 'format' in input.signature && input.signature.format === 'plain';
    const brought = input.secrets.signature?.whsec
      ? { whsec: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx' }
      : { text: 'the next one' };
    const rotation = { kind: 'signature', secret: brought, ...(!isPlain && { overlapHours: 1 }) };
    await tenant.ok('POST', `/v1/integrations/${integrationId}/rotate-secret`, rotation);
    await emit();
    const rotated = (await passwire().receiver.waitFor(path, 3)).at(-1);
    expect(passes(rotated, brought.whsec ?? brought.text)).toBe(true);
    expect(passes(rotated)).toBe(!isPlain);

    await tenant.ok('PATCH', `/v1/integrations/${integrationId}`, { signature: null });
    await emit();
    const last = (await passwire().receiver.waitFor(path, 4)).at(-1);
    expect(passes(last)).toBe(false);
    expect(last?.headers['webhook-signature']).toMatch(/^v1,/);
  },
);
