import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { optionalIdSchema } from './opaque-id.ts';
import { optional, optionalText } from './optional.ts';

// The device that an event happened on, and the counts of the devices that have the pass.

const text = optionalText(z.string());
const instant = optional(instantSchema);

export const deviceSchema = z
  .strictObject({
    platform: z.enum(['apple', 'google', 'samsung', 'other']).meta({ description: 'The wallet of the device.' }),
    os: text.meta({ description: 'Required when the platform is `other`.' }),
    installId: optionalIdSchema.meta({ description: 'Identifies the installation of this pass on this device.' }),
    registeredAt: instant.meta({ description: 'When the device registered.' }),
    unregisteredAt: instant.meta({ description: 'When the device unregistered.' }),
  })
  .refine((device) => device.platform !== 'other' || device.os !== undefined, {
    path: ['os'],
    error: 'is required when the platform is "other"',
  })
  .meta({
    id: 'Device',
    description: 'The device that the event happened on.',
    examples: [{ platform: 'apple', os: 'iOS', installId: 'c1f8a0', registeredAt: '2026-01-15T12:00:00Z' }],
  });

export const registrationsSchema = z
  .strictObject({
    active: z.int().min(0).meta({ description: 'Devices that have the pass.' }),
    inactive: z.int().min(0).meta({ description: 'Devices that had it and removed it.' }),
  })
  .meta({
    id: 'Registrations',
    description: 'Counts over all devices of the pass, after the event.',
    examples: [{ active: 1, inactive: 0 }],
  });

export type Device = z.infer<typeof deviceSchema>;
export type Registrations = z.infer<typeof registrationsSchema>;

/** What is known of the device of a pass, where an event names none (vendors.md E13). */
export type KnownDevice = Partial<Pick<Device, 'platform' | 'os' | 'registeredAt'>>;
