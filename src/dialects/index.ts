import type { DialectName } from '../domain/integration.ts';
import { cloudevents } from './cloudevents.ts';
import type { Dialect } from './dialect.ts';
import { passcreator } from './passcreator.ts';
import { passentry } from './passentry.ts';
import { standard } from './standard.ts';
import { vibes } from './vibes.ts';
import { walletthat } from './walletthat.ts';
import { walletthatPostback } from './walletthat-postback.ts';

/** Every dialect by its name. */
export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  walletthat,
  'walletthat-postback': walletthatPostback,
  vibes,
  passcreator,
  passentry,
  standard,
  cloudevents,
};

export function dialectNamed(name: DialectName): Dialect {
  return DIALECTS[name];
}
