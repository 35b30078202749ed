import type { Vendor } from './fixtures.ts';

const TEMPLATE = 'coffee-card';
const pass = { id: 'pass-0001', userProvidedId: 'member-17', fields: { member: 'Ada', stamps: 7 } };
const device = { platform: 'apple', installId: 'phone-1' };

/** Passwire's own dialect has no vendor and no published examples; this is what a tenant that starts fresh might have. */
export const STANDARD: Vendor = {
  dialect: 'standard',
  options: {},
  template: {
    name: 'Coffee card',
    externalId: TEMPLATE,
    passType: 'storeCard',
    fields: [
      { key: 'member', label: 'Member' },
      { key: 'stamps', label: 'Stamps', type: 'number' },
    ],
  },
  fixtures: [
    {
      name: 'pass.installed',
      trigger: 'pass.installed',
      event: {
        id: 'demo-1',
        type: 'pass.installed',
        templateId: TEMPLATE,
        occurredAt: '2026-02-03T08:15:00+01:00',
        pass,
        device,
      },
      body: undefined,
    },
    {
      name: 'pass.updated',
      trigger: 'pass.updated',
      event: {
        id: 'demo-2',
        type: 'pass.updated',
        templateId: TEMPLATE,
        occurredAt: '2026-02-04T08:10:00+01:00',
        pass: { ...pass, fields: { member: 'Ada', stamps: 8 } },
        changes: { fields: { stamps: 8 } },
      },
      body: undefined,
    },
  ],
};
