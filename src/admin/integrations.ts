import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS, dialectNamed } from '../dialects/index.ts';
import { integrationOptionsSchema, optionsPatchSchema } from '../dialects/options.ts';
import { conflict, invalid, notFound } from '../domain/errors.ts';
import { type IntegrationId, newId, type TenantId } from '../domain/id.ts';
import { type Integration, integrationInputSchema, RESERVED_HEADERS } from '../domain/integration.ts';
import { pointerTo } from '../domain/json.ts';
import { headersOfSignature } from '../domain/own-signature.ts';
import { type ExpectedVersions, requireVersion } from '../domain/row-version.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { SecretKind } from '../domain/signing.ts';
import { NO_USAGE, refuseBeyond } from '../domain/tenant-bounds.ts';
import type { IntegrationStore } from '../ports/configuration.ts';
import { type ExtraHeaders, keepBlanked, openHeaders, sealHeaders } from './extra-headers.ts';
import { type ForesightDeps, foreseeConflicts } from './foresee-conflicts.ts';
import { mergedObject, type Patch, patched, patchOf } from './patch.ts';
import { NOTHING_FORESEEN, refuseConflicts } from './refuse-conflicts.ts';
import { makeSecret, ownSecretsSchema, type SecretDeps, type ShownSecret } from './secrets.ts';

export interface IntegrationDeps extends SecretDeps {
  readonly integrations: IntegrationStore;
}

const anyNewIntegrationSchema = integrationInputSchema.extend({
  options: integrationOptionsSchema,
  secrets: ownSecretsSchema.default({}),
  asymmetric: z.boolean().default(false).meta({ description: 'Adds an ed25519 key pair (`v1a` signatures).' }),
});
export type NewIntegration = z.infer<typeof anyNewIntegrationSchema>;

/** An integration to create: with the tenant's own secrets or with generated ones, and the options of its dialect. */
export const newIntegrationSchema = z.discriminatedUnion('dialect', newIntegrationsByDialect());

function newIntegrationsByDialect() {
  const [first, ...rest] = Object.values(DIALECTS).map(newIntegrationOf);
  if (!first) throw new Error('no dialect is registered');
  return [first, ...rest] as const;
}

/** The schema of one dialect, named after it in the API's document: `NewVibesIntegration`. */
function newIntegrationOf({ name, label, description, options, sampleOptions = {} }: Dialect) {
  const given = options as z.ZodType<NewIntegration['options']>;
  const defaults = given.safeParse({}).data;
  const word = options.meta()?.id?.replace(/Options$/, '') ?? name;
  // where a member is required, absent options count as {}, so that the errors name it
  const optionsMember = defaults ? given.default(defaults) : given.prefault({});
  return anyNewIntegrationSchema
    .extend({ dialect: z.literal(name).meta({ description: 'The dialect.' }), options: optionsMember })
    .meta({
      id: `New${word}Integration`,
      title: label,
      description,
      examples: [{ name: `CRM (${label})`, dialect: name, options: sampleOptions }],
      override: ({ jsonSchema }: Overridden) => {
        if (defaults) return;
        jsonSchema.required = [...(jsonSchema.required ?? []), 'options'];
        delete jsonSchema.properties?.options?.default;
      },
    });
}

interface Overridden {
  readonly jsonSchema: {
    required?: string[] | undefined;
    readonly properties?: { readonly options?: { default?: unknown } };
  };
}

// another dialect would be another integration: its subscriptions depend on the dialect's triggers and names
const changeable = integrationInputSchema.omit({ dialect: true }).extend({ options: optionsPatchSchema.default({}) });
const plain = changeable.pick({ name: true, policy: true, limits: true, signature: true });
export const integrationPatchSchema = patchOf(changeable);
export type IntegrationPatch = Patch<(typeof changeable)['shape']>;

/** @throws Problem invalid; conflict when an option that must be unique in the tenant is taken */
export async function createIntegration(
  deps: IntegrationDeps,
  tenantId: TenantId,
  input: NewIntegration,
): Promise<{ readonly integration: Integration; readonly secrets: readonly ShownSecret[] }> {
  const now = new Date(deps.clock());
  const integration: Integration = {
    id: newId('integration', now.getTime()),
    tenantId,
    name: input.name,
    dialect: input.dialect,
    options: input.options,
    headers: sealHeaders(deps.box, keepBlanked({}, input.headers)),
    policy: input.policy,
    limits: input.limits,
    signature: input.signature,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  refuseSignatureHeaders(deps.box, integration);
  const own = checkOwnSecrets(input);
  const secrets = kindsOf(input).map((kind) => makeSecret(deps, integration.id, kind, own[kind]));
  const created = await deps.integrations.create(integration, secrets, ({ usage, siblings }) => {
    refuseTaken(integration, siblings);
    refuseBeyond(deps.bounds, usage, { ...NO_USAGE, integrations: 1 });
  });
  return { integration: created, secrets };
}

/**
 * Merges a patch into an integration.
 *
 * @throws Problem not_found, precondition, invalid, or conflict when one of its subscriptions could no longer be built
 */
export async function changeIntegration(
  deps: Pick<IntegrationDeps, 'integrations' | 'box' | 'clock'> & ForesightDeps,
  tenantId: TenantId,
  id: IntegrationId,
  patch: IntegrationPatch,
  expected?: ExpectedVersions,
): Promise<Integration> {
  const before = await deps.integrations.find(tenantId, id);
  if (!before) throw notFound('integration');
  const planned = integrationAfter(deps, before, patch, expected);
  const foreseen = isDeepStrictEqual(planned.options, before.options)
    ? NOTHING_FORESEEN
    : await foreseeConflicts(deps, tenantId, { integration: planned });
  return deps.integrations.change(tenantId, id, (current) => {
    const row = integrationAfter(deps, current, patch, expected);
    if (isDeepStrictEqual(row.options, current.options)) return { row };
    return {
      row,
      check({ subscriptions, siblings }) {
        if (isRenamed(current, row)) refuseTaken(row, siblings);
        refuseConflicts(subscriptions, { integration: row }, foreseen);
      },
    };
  });
}

/** @throws Problem conflict when another integration has the option that must be unique in the tenant */
function refuseTaken({ dialect, options }: Integration, siblings: readonly Integration[]): void {
  const name = dialectNamed(dialect).uniqueOption;
  if (name === undefined) return;
  const other = siblings.find((sibling) => optionOf(sibling.options, name) === optionOf(options, name));
  if (!other) return;
  const detail = `is the ${name} of the integration ${other.id} already`;
  throw conflict('option-taken', `/options/${name} ${detail}.`, [{ pointer: pointerTo('/options', name), detail }]);
}

/** Whether the option that must be unique changes: existing duplicates may stay. */
function isRenamed(before: Integration, after: Integration): boolean {
  const name = dialectNamed(after.dialect).uniqueOption;
  return name !== undefined && optionOf(before.options, name) !== optionOf(after.options, name);
}

function optionOf(options: object, name: string): unknown {
  return Reflect.get(options, name);
}

/** @throws Problem precondition, invalid */
function integrationAfter(
  { box, clock }: Pick<IntegrationDeps, 'box' | 'clock'>,
  current: Integration,
  patch: IntegrationPatch,
  expected: ExpectedVersions | undefined,
): Integration {
  requireVersion(expected, current);
  const { options, headers } = patch;
  const changed = {
    ...current,
    ...patched(plain, current, patch),
    options: options === undefined ? current.options : mergedOptions(current, options),
    headers: headers === undefined ? current.headers : mergedHeaders(box, current, headers ?? {}),
    updatedAt: new Date(clock()),
  };
  if (patch.signature !== undefined || headers !== undefined) refuseSignatureHeaders(box, changed);
  return changed;
}

/** Deletes softly, with the subscriptions; their open deliveries are cancelled. @throws Problem not_found or precondition */
export async function deleteIntegration(
  { integrations }: Pick<IntegrationDeps, 'integrations'>,
  tenantId: TenantId,
  id: IntegrationId,
  by: string,
  expected?: ExpectedVersions,
): Promise<void> {
  if (!(await integrations.delete(tenantId, id, by, expected))) throw notFound('integration');
}

function mergedOptions({ dialect, options }: Integration, given: object | null): object {
  return mergedObject(dialectNamed(dialect).options, options, given, '/options');
}

function mergedHeaders(box: SecretBox, current: Integration, given: ExtraHeaders): Integration['headers'] {
  return sealHeaders(box, keepBlanked(openHeaders(box, current), given));
}

function kindsOf({ dialect, asymmetric, signature }: NewIntegration): readonly SecretKind[] {
  return [
    'webhook',
    ...(asymmetric ? (['webhook-ed25519'] as const) : []),
    ...(signature ? (['signature'] as const) : []),
    ...dialectNamed(dialect).secretKinds,
  ];
}

function checkOwnSecrets({
  dialect,
  secrets,
  signature,
}: NewIntegration): Partial<Record<SecretKind, string | Buffer | undefined>> {
  if (secrets.passentry !== undefined && !dialectNamed(dialect).secretKinds.includes('passentry')) {
    throw invalid([{ pointer: '/secrets/passentry', detail: `is not a secret of ${dialect}` }]);
  }
  if (secrets.signature !== undefined && !signature) {
    throw invalid([{ pointer: '/secrets/signature', detail: 'needs a signature that it signs: set `signature` too' }]);
  }
  return secrets;
}

/** @throws Problem invalid when a header of the own signature is taken */
function refuseSignatureHeaders(box: SecretBox, integration: Integration): void {
  const { signature } = integration;
  if (!signature) return;
  const names = headersOfSignature(signature).map((name) => name.toLowerCase());
  const own = new Set(Object.keys(openHeaders(box, integration) ?? {}).map((name) => name.toLowerCase()));
  const pointer = `/signature/${signature.format === 'svix' ? 'stem' : 'header'}`;
  for (const name of names) {
    if (RESERVED_HEADERS.has(name)) throw invalid([{ pointer, detail: `takes ${name}, which Passwire sets itself` }]);
    if (own.has(name)) throw invalid([{ pointer, detail: `takes ${name}, which is one of the extra headers` }]);
  }
}
