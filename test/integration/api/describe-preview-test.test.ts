import { createHmac, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, test } from 'vitest';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { PASS_TRIGGERS } from '../../../src/domain/trigger.ts';
import type { Call } from './api.ts';
import { useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

// Every dialect and trigger: what is described is what the preview shows, beside the unmapped body and validly signed, and a test is
// sent of it.

const api = useApi();
let call: Call;
let templateId: string;
const integrations = new Map<string, Made>();

interface Made {
  readonly id: string;
  readonly secrets: readonly { readonly kind: string; readonly value?: string; readonly publicKey?: string }[];
}

interface Field {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly sample: unknown;
  readonly optional: boolean;
  readonly open: boolean;
}

interface Preview {
  readonly body: string;
  readonly unmappedBody: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly warnings: readonly unknown[];
}

beforeAll(async () => {
  ({ call } = await api().tenant());
  const fields = [
    { key: 'first_name', label: 'First name', sample: 'Ann', area: 'secondaryFields' },
    { key: 'points', type: 'number', sample: 7, area: 'primaryFields' },
  ];
  ({ id: templateId } = await made(call('POST', '/v1/templates', { name: 'Loyalty', externalId: 'loyalty', fields })));
  for (const { name, sampleOptions } of Object.values(DIALECTS)) {
    const options = { ...sampleOptions, ...(name === 'passentry' && { allowDeprecated: true }) };
    integrations.set(name, (await made(call('POST', '/v1/integrations', { name, dialect: name, options }))) as never);
  }
});

const matrix = Object.values(DIALECTS).flatMap(({ name, eventNames }) =>
  PASS_TRIGGERS.filter((trigger) => eventNames[trigger] !== undefined).map((trigger) => ({ dialect: name, trigger })),
);

function integrationOf(dialect: string): Made {
  const found = integrations.get(dialect);
  if (!found) throw new Error(`no integration of ${dialect}`);
  return found;
}

async function describeBody(dialect: string, trigger: string): Promise<readonly Field[]> {
  const path = `/v1/templates/${templateId}/describe?trigger=${trigger}&integrationId=${integrationOf(dialect).id}`;
  return ((await made(call('GET', path), 200)) as never as { fields: readonly Field[] }).fields;
}

async function preview(dialect: string, trigger: string, more: object = {}): Promise<Preview> {
  const { id: integrationId } = integrationOf(dialect);
  return (await made(
    call('POST', '/v1/subscriptions/preview', { integrationId, templateId, trigger, ...more }),
    200,
  )) as never;
}

/** The value at a JSON Pointer; undefined where there is none. */
function at(body: unknown, pointer: string): unknown {
  const tokens = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return tokens.reduce<unknown>((value, token) => (value as Record<string, unknown> | null | undefined)?.[token], body);
}

describe.each(matrix)('$dialect, $trigger', ({ dialect, trigger }) => {
  test('is described field by field: path, type, sample, whether it may be left out', async () => {
    const fields = await describeBody(dialect, trigger);
    const body = JSON.parse((await preview(dialect, trigger)).unmappedBody) as object;
    expect(fields.length).toBeGreaterThan(3);
    for (const { path, type, sample, optional } of fields) {
      const value = at(body, path);
      // an update shows what changed alone, or all of it
      if (value !== undefined && type !== 'object' && type !== 'array') {
        const actual = value === null ? 'null' : typeof value;
        expect([path, actual]).toEqual([path, type]);
        expect(typeof sample).toBe(sample === null ? 'object' : typeof value);
      }
      if (!optional) expect([path, value]).not.toEqual([path, undefined]);
    }
    expect(fields.some(({ optional }) => !optional)).toBe(true);
  });

  test('is previewed mapped beside unmapped, with a valid signature and without warnings', async () => {
    const fields = await describeBody(dialect, trigger);
    const kept = new Set([
      ...(DIALECTS[dialect].envelope?.required ?? []),
      ...(DIALECTS[dialect].envelope?.optional ?? []),
    ]);
    const field = fields.find(({ path, type }) => path.split('/').length === 2 && type === 'string' && !kept.has(path));
    const renamed = field ?? fields.find(({ path, type }) => type === 'string' && !kept.has(path));
    const shown = await preview(dialect, trigger, { mapping: { rename: { [renamed?.name ?? '']: 'renamed' } } });
    const [mapped, unmapped] = [JSON.parse(shown.body), JSON.parse(shown.unmappedBody)];
    const sibling = `${renamed?.path.slice(0, renamed.path.lastIndexOf('/'))}/renamed`;
    expect(at(mapped, sibling)).toEqual(at(unmapped, renamed?.path ?? ''));
    expect(at(mapped, renamed?.path ?? '')).toBeUndefined();
    expect(shown.warnings).toEqual([]);
    expectSigned(integrationOf(dialect), shown);
  });

  test('can be tested: the delivery of a sample is on its way', async () => {
    const { id: integrationId } = integrationOf(dialect);
    const url = `https://93.184.216.34/${dialect}/${trigger}`;
    const { id } = await made(call('POST', '/v1/subscriptions', { integrationId, templateId, trigger, url }));
    const sent = await call('POST', `/v1/subscriptions/${id}/test`, {});
    expect(sent.status, sent.text).toBe(202);
    const { body } = await call('GET', `/v1/deliveries/${sent.body.deliveryId}`);
    expect(body).toMatchObject({ subscriptionId: id, trigger, test: true });
  });
});

test('passcreator: a signed body is signed over the mapped data', async () => {
  const more = { options: { signPayload: true }, mapping: { rename: { identifier: 'id' } } };
  const { body } = await preview('passcreator', 'pass.created', more);
  const { signature, signedData, ...rest } = JSON.parse(body) as Record<string, string>;
  expect(JSON.stringify(rest)).toBe(signedData);
  expect(rest).toHaveProperty('id');
  const { publicKey = '' } = integrationOf('passcreator').secrets.find(({ kind }) => kind === 'passcreator') ?? {};
  expect(verify('sha1', Buffer.from(signedData ?? ''), publicKey, Buffer.from(signature ?? '', 'hex'))).toBe(true);
});

/** Every request by Standard Webhooks; PassEntry's by its own rule too. */
function expectSigned({ secrets }: Made, { body, headers }: Preview): void {
  const secretOf = (kind: string) => secrets.find((secret) => secret.kind === kind)?.value ?? '';
  expect(new Webhook(secretOf('webhook')).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));
  if (headers['X-Webhook-Signature'] === undefined) return;
  expect(headers['X-Webhook-Signature']).toBe(createHmac('sha256', secretOf('passentry')).update(body).digest('hex'));
}
