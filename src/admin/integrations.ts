import { z } from 'zod';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS, dialectNamed } from '../dialects/index.ts';
import { integrationOptionsSchema } from '../dialects/options.ts';
import { checkInput } from '../domain/check-input.ts';
import { invalid, notFound } from '../domain/errors.ts';
import { type IntegrationId, newId, type TenantId } from '../domain/id.ts';
import { type DialectName, type Integration, integrationInputSchema } from '../domain/integration.ts';
import type { SecretKind } from '../domain/signing.ts';
import type { ConfigSource, IntegrationStore } from '../ports/configuration.ts';
import { keepBlanked, openHeaders, sealHeaders } from './extra-headers.ts';
import { type Patch, patchOf } from './patch.ts';
import { refuseConflicts } from './refuse-conflicts.ts';
import { makeSecret, type OwnSecrets, ownSecretsSchema, type SecretDeps, type ShownSecret } from './secrets.ts';

export interface IntegrationDeps extends SecretDeps {
  readonly integrations: IntegrationStore;
  readonly configSource: ConfigSource;
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
const changeable = integrationInputSchema.omit({ dialect: true }).extend({ options: integrationOptionsSchema });
export const integrationPatchSchema = patchOf(changeable);
export type IntegrationPatch = Patch<(typeof changeable)['shape']>;

/** @throws Problem invalid */
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
    createdAt: now,
    updatedAt: now,
  };
  const own = checkOwnSecrets(input.dialect, input.secrets);
  const secrets = kindsOf(input).map((kind) => makeSecret(deps, integration.id, kind, own[kind]));
  await deps.integrations.create(integration, secrets);
  return { integration, secrets };
}

/**
 * Changes top-level members of an integration.
 *
 * @throws Problem not_found, invalid, or conflict when one of its subscriptions could no longer be built
 */
export async function changeIntegration(
  deps: IntegrationDeps,
  tenantId: TenantId,
  id: IntegrationId,
  patch: IntegrationPatch,
): Promise<Integration> {
  const current = await deps.integrations.find(tenantId, id);
  if (!current) throw notFound('integration');
  const { headers } = patch;
  const integration: Integration = {
    ...current,
    name: patch.name ?? current.name,
    options: patch.options ? checkOptions(current.dialect, patch.options) : current.options,
    headers: headers ? sealHeaders(deps.box, keepBlanked(openHeaders(deps.box, current), headers)) : current.headers,
    policy: patch.policy ?? current.policy,
    limits: patch.limits ?? current.limits,
    updatedAt: new Date(deps.clock()),
  };
  if (patch.options) await refuseConflicts(deps, tenantId, { integration });
  await deps.integrations.update(integration);
  return integration;
}

/** Deletes softly, with the subscriptions; their open deliveries are cancelled. @throws Problem not_found */
export async function deleteIntegration(
  { integrations }: Pick<IntegrationDeps, 'integrations'>,
  tenantId: TenantId,
  id: IntegrationId,
  by: string,
): Promise<void> {
  if (!(await integrations.delete(tenantId, id, by))) throw notFound('integration');
}

function checkOptions(dialect: DialectName, options: object): object {
  const checked = checkInput(dialectNamed(dialect).options, options, '/options');
  if (!checked.ok) throw invalid(checked.errors);
  return checked.value;
}

function kindsOf({ dialect, asymmetric }: NewIntegration): readonly SecretKind[] {
  return ['webhook', ...(asymmetric ? (['webhook-ed25519'] as const) : []), ...dialectNamed(dialect).secretKinds];
}

function checkOwnSecrets(dialect: DialectName, secrets: OwnSecrets): Partial<Record<SecretKind, string | undefined>> {
  if (secrets.passentry !== undefined && !dialectNamed(dialect).secretKinds.includes('passentry')) {
    throw invalid([{ pointer: '/secrets/passentry', detail: `is not a secret of ${dialect}` }]);
  }
  return secrets;
}
