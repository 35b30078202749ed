import { MappingChecks } from '../dialects/check-mappings.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { checkFilter } from '../domain/check-filter.ts';
import { checkInput } from '../domain/check-input.ts';
import { invalid } from '../domain/errors.ts';
import type { Filter } from '../domain/filter.ts';
import { type IntegrationId, parseId, type TemplateId, type TenantId } from '../domain/id.ts';
import type { DialectName, Integration } from '../domain/integration.ts';
import { type FieldError, pointerTo } from '../domain/json.ts';
import type { Mapping } from '../domain/mapping.ts';
import type { Parts } from '../domain/subscription.ts';
import { limitedSuggest } from '../domain/suggest.ts';
import type { Template } from '../domain/template.ts';
import { isOperational, type Trigger } from '../domain/trigger.ts';
import type { FoundParts, IntegrationStore, TemplateStore } from '../ports/configuration.ts';
import type { UrlChecker } from '../ports/sending.ts';

export interface PartDeps {
  readonly integrations: Pick<IntegrationStore, 'find'>;
  readonly templates: Pick<TemplateStore, 'find'>;
}

/** What a subscription names, as it was sent. */
interface Names {
  readonly integrationId: string;
  readonly templateId: string | null;
}

/** Finds the tenant's integration and template that a subscription names. @throws Problem invalid */
export async function findParts(deps: PartDeps, tenantId: TenantId, names: Names): Promise<Parts> {
  return requireParts(names, await lookUpParts(deps, tenantId, parseNames(names)));
}

export async function lookUpParts(
  deps: PartDeps,
  tenantId: TenantId,
  { integrationId, templateId }: ParsedNames,
): Promise<FoundParts> {
  const [integration, template] = await Promise.all([
    deps.integrations.find(tenantId, integrationId),
    templateId === null ? undefined : deps.templates.find(tenantId, templateId),
  ]);
  return { integration, template };
}

interface ParsedNames {
  readonly integrationId: IntegrationId;
  readonly templateId: TemplateId | null;
}

/** @throws Problem invalid */
export function parseNames(names: Names): ParsedNames {
  const integrationId = parseId('integration', names.integrationId);
  const templateId = names.templateId === null ? null : parseId('template', names.templateId);
  if (integrationId && templateId !== undefined) return { integrationId, templateId };
  throw invalid([...(integrationId ? [] : [NO_INTEGRATION]), ...(templateId === undefined ? [NO_TEMPLATE] : [])]);
}

const NO_INTEGRATION: FieldError = { pointer: '/integrationId', detail: 'names no integration of this tenant' };
const NO_TEMPLATE: FieldError = { pointer: '/templateId', detail: 'names no template of this tenant' };

/** @throws Problem invalid when what is named was not found */
export function requireParts({ templateId }: Pick<Names, 'templateId'>, { integration, template }: FoundParts): Parts {
  const isTemplateMissing = templateId !== null && !template;
  if (integration && !isTemplateMissing) return { integration, template };
  throw invalid([...(integration ? [] : [NO_INTEGRATION]), ...(isTemplateMissing ? [NO_TEMPLATE] : [])]);
}

export interface Draft extends Parts {
  readonly trigger: Trigger;
  readonly mapping: Mapping;
  /** As sent, not yet checked by the dialect's schema. */
  readonly options: object;
  readonly knownFields: readonly string[] | null;
  readonly filter: Filter | null;
  /** Whether the request holds the template itself, as `template`. Default: it names it. */
  readonly isTemplateSent?: boolean;
}

/**
 * Checks a subscription before it is saved or previewed, and returns its options with the dialect's defaults.
 *
 * @param stored the mapping before a change
 * @throws Problem invalid, with all errors
 */
export function checkDraft(
  draft: Draft,
  stored?: Mapping,
): { readonly options: object; readonly warnings: readonly FieldError[] } {
  const { integration, trigger, mapping } = draft;
  const dialect = dialectNamed(integration.dialect);
  const refusal = refuseTrigger(dialect, trigger);
  if (refusal) throw invalid([refusal]);
  const checked = checkInput(dialect.subscriptionOptions, draft.options, '/options');
  if (!checked.ok) throw invalid(checked.errors);
  const options = checked.value;
  if (isOperational(trigger)) return { options, warnings: checkOperational(draft) };
  const template = draft.template && withKnownFields(draft.template, draft.knownFields);
  const refused = dialect.refuse?.(trigger, integration.options, options);
  const refusedTemplate = template && dialect.refuseTemplate?.(template);
  const input = { dialect, trigger, template, options: integration.options, subscription: options };
  const { errors, warnings } = new MappingChecks().check(mapping, input, stored);
  const filtered = checkFilterOf(draft);
  const all = [
    ...(refused ? [refused] : []),
    ...(refusedTemplate ? [aboutTemplate(refusedTemplate, draft.isTemplateSent)] : []),
    ...errors,
    ...filtered.errors,
  ];
  if (all.length > 0) throw invalid(all);
  return { options, warnings: [...warnings, ...filtered.warnings] };
}

/** What is wrong and what is doubtful about the filter of a subscription to pass events. */
function checkFilterOf({ filter, trigger, template }: Draft): ReturnType<typeof checkFilter> {
  if (filter === null || isOperational(trigger)) return { errors: [], warnings: [] };
  return checkFilter(filter, { trigger, template }, '/filter');
}

/** The vendor's limit of an address, which is never cut: a cut one sends data elsewhere (V14). @throws Problem invalid */
export function checkUrlLength({ dialect }: Integration, url: string): void {
  const { maxUrlLength = Number.POSITIVE_INFINITY, label } = dialectNamed(dialect);
  if (url.length <= maxUrlLength) return;
  throw invalid([{ pointer: '/url', detail: `must have at most ${maxUrlLength} characters for ${label}` }]);
}

/** Operational events concern no template, and their bodies cannot be mapped. @throws Problem invalid */
function checkOperational({ trigger, template, mapping, filter }: Draft): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (template) errors.push({ pointer: '/templateId', detail: `must be null: ${trigger} concerns no template` });
  if (Object.keys(mapping.rename).length + mapping.remove.length > 0) {
    errors.push({ pointer: '/mapping', detail: `must be empty: ${trigger} is an operational event` });
  }
  if (filter !== null) errors.push({ pointer: '/filter', detail: `must be null: ${trigger} is an operational event` });
  if (errors.length > 0) throw invalid(errors);
  return [];
}

/** Warnings about a saved subscription's mapping and template; nothing is refused here. */
export function warningsOf(draft: Draft, mappings: MappingChecks): readonly FieldError[] {
  const { integration, trigger, mapping, options: subscription } = draft;
  if (isOperational(trigger)) return [];
  const dialect = dialectNamed(integration.dialect);
  const template = draft.template && withKnownFields(draft.template, draft.knownFields);
  const { errors, warnings } = mappings.check(mapping, {
    dialect,
    trigger,
    template,
    options: integration.options,
    subscription,
  });
  const filtered = checkFilterOf(draft); // the template may have lost a field since
  return [...templateWarnings(draft), ...errors, ...warnings, ...filtered.errors, ...filtered.warnings];
}

/** What the dialect warns about the template of a subscription. */
function templateWarnings({ integration, template }: Parts): readonly FieldError[] {
  const detail = template && dialectNamed(integration.dialect).warn?.(template);
  return detail === undefined ? [] : [{ pointer: '/templateId', detail }];
}

/** The template as the subscription sees it: with the fields that are on. */
export function withKnownFields(template: Template, knownFields: readonly string[] | null): Template {
  if (knownFields === null) return template;
  return { ...template, fields: template.fields.filter(({ key }) => knownFields.includes(key)) };
}

/** Undefined when the dialect has the trigger. */
export function refuseTrigger({ name, eventNames }: Dialect, trigger: Trigger): FieldError | undefined {
  if (eventNames[trigger] !== undefined) return undefined;
  return { pointer: '/trigger', detail: `is not a trigger of ${name}; it has ${Object.keys(eventNames).join(', ')}` };
}

/** Where the template's fields are not in the request, the pointer names the template and the detail names the field. */
function aboutTemplate({ pointer, detail }: FieldError, isSent = false): FieldError {
  if (isSent) return { pointer: `/template${pointer}`, detail };
  return { pointer: '/templateId', detail: `names a template that cannot be shown: its ${pointer} ${detail}` };
}

/** The field keys of a subscription that names none: all that the template has now. Null for all templates. */
export function allFields(template: Template | undefined): readonly string[] | null {
  return template?.fields.map(({ key }) => key) ?? null;
}

/** Field keys a subscription switches on. @throws Problem invalid */
export function checkKnownFields(template: Template | undefined, knownFields: readonly string[]): void {
  if (!template) throw invalid([{ pointer: '/knownFields', detail: 'must be null: the subscription is to all templates' }]);
  const keys = template.fields.map(({ key }) => key);
  const suggestion = limitedSuggest();
  const errors = knownFields.flatMap((key, index) => {
    if (keys.includes(key)) return [];
    const near = suggestion(key, () => keys);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    return [{ pointer: pointerTo('/knownFields', index), detail: `is not a field of the template${hint}` }];
  });
  if (errors.length > 0) throw invalid(errors);
}

/** Refuses a forbidden URL; a name that does not resolve yet is only a warning. @throws Problem invalid */
export async function checkUrl(urls: UrlChecker, url: string, pointer = '/url'): Promise<readonly FieldError[]> {
  const result = await urls.check(url);
  if (result.kind === 'forbidden') throw invalid([{ pointer, detail: result.detail }]);
  return result.kind === 'unresolvable' ? [{ pointer, detail: result.detail }] : [];
}

/** The same for a URL in the options, which Passwire calls too. @param options as they were sent @throws Problem invalid */
export async function checkUnsubscribeUrl(
  urls: UrlChecker,
  dialect: DialectName,
  options: object,
): Promise<readonly FieldError[]> {
  const { subscriptionOptions, unsubscribeUrl } = dialectNamed(dialect);
  // null restores a default
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
  const parsed = subscriptionOptions.safeParse(given);
  const found = parsed.success ? unsubscribeUrl?.(parsed.data) : undefined;
  return found ? checkUrl(urls, found.url, pointerTo('/options', found.option)) : [];
}
