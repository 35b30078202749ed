import { z } from 'zod';
import { previewRequest } from '../dialects/compose-request.ts';
import { Unbuildable } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { subscriptionOptionsSchema } from '../dialects/options.ts';
import type { OutgoingRequest } from '../domain/attempt.ts';
import { invalid } from '../domain/errors.ts';
import { explainFilter, filteredEvent } from '../domain/evaluate-filter.ts';
import { newId, type TemplateId, type TenantId } from '../domain/id.ts';
import type { Integration, StoredSecret } from '../domain/integration.ts';
import type { FieldError } from '../domain/json.ts';
import { type Mapping, MappingCollision } from '../domain/mapping.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import { subscriptionInputSchema } from '../domain/subscription.ts';
import type { Template } from '../domain/template.ts';
import { PASS_TRIGGERS } from '../domain/trigger.ts';
import type { IntegrationStore } from '../ports/configuration.ts';
import type { EventStore } from '../ports/events.ts';
import type { UrlChecker } from '../ports/sending.ts';
import { type ChosenEventDeps, chooseEvent, eventChoiceShape } from './chosen-event.ts';
import { draftPartsShape, findDraftParts } from './draft-parts.ts';
import { matchRecent, type RecentMatches } from './match-recent.ts';
import { makeSecret } from './secrets.ts';
import { allFields, checkDraft, checkKnownFields, checkUrl, checkUrlLength, type PartDeps } from './subscription-rules.ts';

export interface PreviewDeps extends PartDeps, ChosenEventDeps {
  readonly integrations: Pick<IntegrationStore, 'find' | 'secrets'>;
  readonly events: Pick<EventStore, 'find' | 'installations' | 'list'>;
  readonly urls: UrlChecker;
  readonly box: SecretBox;
}

const NO_MAPPING: Mapping = { rename: {}, remove: [] };
const EXAMPLE_URL = 'https://example.com/';
/** A page of the log: more would be read at once. */
const MAX_RECENT = 100;

export const previewInputSchema = subscriptionInputSchema
  .omit({ ordering: true, enabled: true, whileDisabled: true, onGone: true })
  .extend({
    ...draftPartsShape,
    options: subscriptionOptionsSchema.default({}),
    trigger: z.enum(PASS_TRIGGERS).meta({ description: 'The trigger. The dialect of the integration must have it.' }),
    url: subscriptionInputSchema.shape.url
      .default(EXAMPLE_URL)
      .meta({ description: 'The endpoint; nothing is sent to it.' }),
    knownFields: z
      .array(z.string())
      .max(500)
      .optional()
      .meta({ description: "Keys of the template fields that are sent. Default: all of the template's." }),
    ...eventChoiceShape,
    matchRecent: z
      .int()
      .min(1)
      .max(MAX_RECENT)
      .optional()
      .meta({ description: 'Counts how many of this many last events of the trigger the filter lets through.' }),
  });
export type PreviewInput = z.infer<typeof previewInputSchema>;

export interface Preview extends OutgoingRequest {
  /** The body without the mapping. */
  readonly unmappedBody: string;
  readonly warnings: readonly FieldError[];
  /** Why the filter keeps the event out; undefined when it is sent. */
  readonly filteredOut: string | undefined;
  /** Of how many recent events the filter lets how many through; undefined when that was not asked for. */
  readonly recent: RecentMatches | undefined;
}

/**
 * Renders a sample, a given or a past event as a subscription would send it; stores and sends nothing. Without a saved integration
 * there are no secrets, and signatures are blanked.
 *
 * @throws Problem invalid, also when the dialect cannot express the event
 */
export async function preview(deps: PreviewDeps, tenantId: TenantId, input: PreviewInput, signed = true): Promise<Preview> {
  const { trigger, url, mapping } = input;
  const { integration, template, isIntegrationSaved } = await findDraftParts(deps, tenantId, input);
  if (input.knownFields) checkKnownFields(template, input.knownFields);
  const knownFields = input.knownFields ?? allFields(template);
  const { options, warnings } = checkDraft({
    integration,
    template,
    trigger,
    mapping,
    options: input.options,
    knownFields,
    filter: input.filter,
    isTemplateSent: input.template !== undefined,
  });
  checkUrlLength(integration, url);
  const urlWarnings = url === EXAMPLE_URL ? [] : await checkUrl(deps.urls, url);
  const rendered = await chooseEvent(deps, tenantId, input, template);
  const secrets = isIntegrationSaved
    ? await deps.integrations.secrets(tenantId, integration.id)
    : standInSecrets(deps, integration);
  const recent = await matchRecent(deps.events, tenantId, { ...input, templateId: savedId(input, template) });
  const nowMs = deps.clock();
  try {
    const messageId = newId('message', nowMs);
    const withMapping = (applied: Mapping) =>
      previewRequest({
        integration,
        secrets,
        box: deps.box,
        ...rendered,
        subscription: { trigger, url, mapping: applied, options, knownFields },
        messageId,
        nowMs,
        signed: signed && isIntegrationSaved,
      });
    const request = withMapping(mapping);
    const { body: unmappedBody } = withMapping(NO_MAPPING);
    const filteredOut = input.filter ? explainFilter(input.filter, filteredEvent(rendered.event.facts)) : undefined;
    return { ...request, unmappedBody, warnings: [...urlWarnings, ...warnings], filteredOut, recent };
  } catch (error) {
    if (!(error instanceof Unbuildable || error instanceof MappingCollision)) throw error;
    const pointer = input.eventId === undefined ? '/event' : '/eventId';
    throw invalid([{ pointer, detail: `cannot be rendered: ${error.message}` }], 'unbuildable');
  }
}

/** A template that is not saved has no events of its own, so that those of all templates are looked at. */
function savedId({ templateId }: PreviewInput, template: Template | undefined): TemplateId | undefined {
  return templateId === null ? undefined : template?.id;
}

/** Stand for the secrets that an integration will have, so that the headers they sign with are shown, blanked. */
function standInSecrets(deps: Pick<PreviewDeps, 'box' | 'clock'>, { id, dialect }: Integration): readonly StoredSecret[] {
  const { headerSigner, secretKinds } = dialectNamed(dialect);
  return headerSigner ? secretKinds.map((kind) => makeSecret(deps, id, kind, 'not a secret')) : [];
}
