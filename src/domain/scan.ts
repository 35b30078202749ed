import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { opaqueIdSchema, optionalIdSchema } from './opaque-id.ts';
import { optional, optionalText } from './optional.ts';

// A scan of a pass, and the device that read it.

const text = optionalText(z.string());

export const scanSchema = z
  .strictObject({
    id: optionalIdSchema.meta({ description: 'Default: an id of ours.' }),
    type: z.enum(['nfc', 'barcode']).meta({ description: 'How the pass was read.' }),
    value: z.string().meta({ description: 'The value that was read.' }),
    validationType: z.enum(['internalValidation', 'externalValidation']).meta({ description: 'Who validated it.' }),
    status: z.enum(['successful', 'failed']).meta({ description: 'The result of the validation.' }),
    statusDetail: text.meta({ description: 'The reason for the result.' }),
    scannedAt: optional(instantSchema).meta({ description: 'Default: `occurredAt`.' }),
  })
  .meta({
    id: 'Scan',
    description: 'A scan of a pass.',
    examples: [{ type: 'nfc', value: '7Hq2vXk0', validationType: 'internalValidation', status: 'successful' }],
  });

export const readerSchema = z
  .strictObject({
    id: opaqueIdSchema.meta({ description: "The reader's own id." }),
    name: text.meta({ description: 'Its name.' }),
    type: text.meta({ description: 'Its type or model.' }),
  })
  .meta({ id: 'Reader', description: 'The device that read a pass.', examples: [{ id: 'gate-7', name: 'West Gate' }] });

export type Scan = z.infer<typeof scanSchema>;
export type Reader = z.infer<typeof readerSchema>;
