import type { Schemas } from '../../../client/index.ts';

/** Every dialect by the name that people know. */
export const dialects: Readonly<Record<Schemas['Integration']['dialect'], string>> = {
  walletthat: 'WalletThat',
  'walletthat-postback': 'WalletThat postback',
  vibes: 'Vibes',
  passcreator: 'Passcreator',
  passentry: 'PassEntry',
  standard: 'Standard Webhooks',
  cloudevents: 'CloudEvents',
};
