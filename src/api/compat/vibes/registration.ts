import { z } from 'zod';
import { invalid } from '../../../domain/errors.ts';
import { instantSchema } from '../../../domain/instant.ts';
import { CALLBACK_TYPES, type CallbackType } from './callback.ts';

const DESTINATION = { url: 'https://destination.example/hook', method: 'POST', content_type: 'application/json' };

// V-D6: either name is taken for either type.
const campaign = z
  .object({ campaign_token: z.string().min(1).max(255).meta({ description: "The campaign's token." }) })
  .optional();

const destination = z
  .object({
    url: z.string().min(1).max(2048).meta({ description: 'An https URL of a public address, 1,024 characters at most.' }),
    method: z.enum(['POST', 'PUT']).default('POST').meta({ description: 'The HTTP method.' }),
    content_type: z
      .enum(['application/json', 'text/json'])
      .default('application/json')
      .meta({ description: 'The content type.' }),
  })
  .meta({ description: 'Where events are sent.' });

const instant = instantSchema.nullish();

/** Members that Vibes ignores, `callback_id`, `url`, `created_at`, `updated_at`, are ignored; others too. */
export const registrationSchema = z
  .object({
    callback_type: z.string().optional().meta({ description: 'The type. This or `event_type` is required.' }),
    event_type: z.string().optional().meta({ description: 'The same, by its deprecated name.' }),
    wallet_item_install: campaign.meta({ description: 'The campaign. Taken for both types.' }),
    wallet_item_remove: campaign.meta({ description: 'The campaign. Taken for both types.' }),
    destination,
    start_date: instant.meta({ description: 'Events accepted from then on are sent. Default: at once.' }),
    end_date: instant.meta({ description: 'Events accepted before then are sent. Default: no end.' }),
  })
  .meta({
    id: 'VibesRegistration',
    description: 'A callback to register.',
    examples: [
      {
        callback_type: 'wallet_item_install',
        event_type: 'wallet_item_install',
        wallet_item_install: { campaign_token: 'r3zhm8' },
        destination: DESTINATION,
      },
    ],
  });
export type Registration = z.infer<typeof registrationSchema>;

export const testRequestSchema = z
  .object({
    callback_type: z.string().optional().meta({ description: 'The type. This or `event_type` is required.' }),
    event_type: z.string().optional().meta({ description: 'The same, by its deprecated name.' }),
  })
  .meta({ id: 'VibesTest', description: 'Which callbacks to test.', examples: [{ callback_type: 'wallet_item_install' }] });

/** V-D5. @param known the type that the registration has already @throws Problem invalid */
export function typeOf(
  { callback_type, event_type }: Pick<Registration, 'callback_type' | 'event_type'>,
  known?: CallbackType,
): CallbackType {
  if (callback_type !== undefined && event_type !== undefined && callback_type !== event_type) {
    throw invalid([{ pointer: '/event_type', detail: `must be equal to callback_type, ${callback_type}` }]);
  }
  const pointer = callback_type === undefined && event_type !== undefined ? '/event_type' : '/callback_type';
  const name = callback_type ?? event_type ?? known;
  const type = CALLBACK_TYPES.find((candidate) => candidate === name);
  if (!type) {
    const wanted = `one of ${CALLBACK_TYPES.join(', ')}`;
    throw invalid([{ pointer, detail: name === undefined ? `is required, ${wanted}` : `must be ${wanted}` }]);
  }
  if (known === undefined || type === known) return type;
  throw invalid([{ pointer, detail: `must stay ${known}: register another callback for ${type}` }]);
}

/** V-D6. Undefined when the request names none. @throws Problem invalid */
export function campaignOf(
  registration: Pick<Registration, CallbackType>,
): { readonly token: string; readonly pointer: string } | undefined {
  const named = CALLBACK_TYPES.flatMap((type) => {
    const token = registration[type]?.campaign_token;
    return token === undefined ? [] : [{ token, pointer: `/${type}/campaign_token` }];
  });
  const [first, second] = named;
  if (first && second && first.token !== second.token) {
    throw invalid([{ pointer: second.pointer, detail: `must be equal to ${first.pointer}, or be left out` }]);
  }
  return first;
}
