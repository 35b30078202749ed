import { beforeAll, describe, expect, test } from 'vitest';
import { CONSOLE_HEADER, PORTAL_HEADER } from '../../../src/api/console/own-page.ts';
import { EXAMPLE_IDS } from '../../../src/api/example-ids.ts';
import type { IdKind } from '../../../src/domain/id.ts';
import { exampleOf, type FoundOperation, invalidity, operations, type Parameter } from '../../support/document.ts';
import { EventStream } from '../../support/event-stream.ts';
import { eventually } from '../../support/poll.ts';
import { type Answer, useApi } from './api.ts';
import { AUDITED, NOT_AUDITED } from './audited.ts';
import { installed, killed, made } from './tenant-with-all.ts';

// Every example of the document is sent to the API, in an order in which each can succeed. Ids in examples stand for what an
// earlier example made.

const api = useApi();

const EXPORTS = operations.map(({ operation }) => operation.operationId).filter((id) => id.startsWith('export'));

const ORDER: readonly string[] = [
  'getHealth',
  'getReadiness',
  ...['getConsoleConfig', 'createSession', 'getMe', 'deleteSession'],
  'listDialects',
  'getDialect',
  ...['createTenant', 'listTenants', 'getTenant', 'updateTenant'],
  ...['createApiKey', 'listApiKeys', 'getApiKey'],
  ...['createPortalLink', 'createPortalToken'],
  ...['inferTemplate', 'createTemplate', 'listTemplates', 'getTemplate'],
  ...['createIntegration', 'listIntegrations', 'getIntegration', 'rotateIntegrationSecret', 'getIntegrationPublicKeys'],
  'describeTemplate',
  'describeDraft',
  ...['createSubscription', 'listSubscriptions', 'getSubscription'],
  ...['postEvent', 'postEvents', 'listEvents', 'getEvent', 'getEventProof', 'previewSubscription', 'testSubscription'],
  'searchObjects',
  ...['listDeliveries', 'getDelivery', 'getDeliveryBody', 'getDeliveryRequest'],
  ...['retryDelivery', 'replayDelivery', 'cancelDelivery'],
  ...['listDeadLetters', 'getDeadLetter', 'replayDeadLetter', 'discardDeadLetter'],
  ...['previewDiscard', 'discardDeadLetters'],
  ...[
    'previewReplay',
    'previewRecovery',
    'previewBackfill',
    'createReplay',
    'listReplays',
    'getReplay',
    'listReplayItems',
    'updateReplay',
  ],
  'watchChanges',
  'listAudit',
  ...EXPORTS,
  ...['pauseReplay', 'resumeReplay', 'cancelReplay'],
  ...['getStatistics', 'getBacklog', 'getRetriesAhead', 'getCurrentWork', 'listAttention'],
  ...[
    'getEndpointBoard',
    'listWorkers',
    'listEndpoints',
    'getEndpoint',
    'disableEndpoint',
    'enableEndpoint',
    'checkEndpoint',
  ],
  ...['updateTemplate', 'updateIntegration', 'updateSubscription'],
  ...['previewErasure', 'createErasure', 'listErasures', 'getErasure'],
  ...['deleteSubscription', 'deleteIntegration', 'deleteTemplate', 'revokeApiKey', 'deleteTenant'],
];

/** What stands for an id of an example. */
const real = new Map<string, string>();
const sent: string[] = [];

function standsFor(kind: IdKind, id: unknown): void {
  real.set(EXAMPLE_IDS[kind], String(id));
}

/** Which example of an operation makes the object that later examples are about. */
const MADE_BY: Readonly<Record<string, readonly [example: string, kind: IdKind]>> = {
  createTenant: ['example', 'tenant'],
  createApiKey: ['producer', 'apiKey'],
  createTemplate: ['full', 'template'],
  createIntegration: ['walletthat', 'integration'],
  createSubscription: ['mapped', 'subscription'],
  postEvent: ['pass.installed', 'event'],
  createReplay: ['example', 'replay'],
  createErasure: ['example', 'erasure'],
};

/** The token of a dry run, as the examples have it. */
const EXAMPLE_TOKEN = 'k1.c2VhbGVk';

const EXAMPLE_LINK = 'Ue3rJq0m1vXc8b5tQpYkZs7dWnGf2hLa9oRiTxEyMwB';
const EXAMPLE_KEY = 'pwk_4fTqT0Yx9s2b1mN8c7VZrQeJ5kLh';

/** The state that an operation needs and no example brings about. */
const PREPARED: Readonly<Record<string, () => Promise<void>>> = {
  getDeliveryBody: async () => void (await build(real.get(EXAMPLE_IDS.delivery) ?? '')),
  createPortalToken: async () => void real.set(EXAMPLE_LINK, await openLink()),
  createSession: async () => void real.set(EXAMPLE_KEY, api().adminKey),
  retryDelivery: async () => void (await makeRetrying(real.get(EXAMPLE_IDS.delivery) ?? '')),
  previewReplay: async () => void (await deadLetterOf(await newDelivery())),
  createErasure: async () => void real.set(EXAMPLE_TOKEN, await tokenOfErasure()),
  createReplay: async () => void real.set(EXAMPLE_TOKEN, await tokenOfDryRun()),
  replayDelivery: async () => void (await deadLetterOf(real.get(EXAMPLE_IDS.delivery) ?? '')),
  listDeadLetters: async () => standsFor('deadLetter', await deadLetterOf(await newDelivery())),
  discardDeadLetter: async () => standsFor('deadLetter', await deadLetterOf(await newDelivery())),
  discardDeadLetters: async () => void real.set(EXAMPLE_TOKEN, await tokenOfDiscard()),
};

// on a busy machine the first connections take longer than a probe waits
beforeAll(() => eventually(async () => (await api().raw('/readyz', {})).ok, { what: 'readiness' }));

/** They lead to another site, in a browser: see oidc.test.ts. */
const LEADING_AWAY = ['beginOidcSignIn', 'endOidcSignIn'];

test('the order has every operation', () => {
  const all = operations.map(({ operation }) => operation.operationId);
  expect([...ORDER, ...LEADING_AWAY].toSorted()).toEqual(all.toSorted());
});

test('every call that is no GET is audited, or it is said why not', () => {
  const changing = operations.filter(({ method }) => method !== 'get').map(({ operation }) => operation.operationId);
  expect([...Object.keys(AUDITED), ...Object.keys(NOT_AUDITED)].toSorted()).toEqual(changing.toSorted());
});

describe('examples', () => {
  test.each(ORDER)('%s', async (operationId) => {
    const found = operations.find(({ operation }) => operation.operationId === operationId);
    if (!found) throw new Error(`there is no operation ${operationId}`);
    await PREPARED[operationId]?.();
    const before = await newestEntry();
    if (operationId === 'watchChanges') return expectStreams(found);
    for (const query of queriesOf(found)) {
      // a test that is waited for takes 30 s, since nothing delivers it here: once is enough
      const bodies = query.includes('wait=') ? bodiesOf(found).slice(0, 1) : bodiesOf(found);
      for (const [name, body] of bodies) {
        const answer = await api().admin(found.method.toUpperCase(), `${pathOf(found)}${query}`, body, headersOf(found));
        sent.push(`${operationId} ${query} ${name}`);
        expectDocumented(found, answer);
        const [example, kind] = MADE_BY[operationId] ?? [];
        if (kind && example === name) await remember(kind, answer);
      }
    }
    expect(await actionsAfter(before), 'entries in the audit log').toEqual((AUDITED[operationId] ?? []).toSorted());
  });

  test('were all sent', () => {
    const bodies = operations.reduce((count, { operation }) => count + examplesIn(operation).length, 0);
    expect(bodies).toBeGreaterThan(40);
    for (const { operation } of operations) {
      for (const [name] of examplesIn(operation)) {
        expect(sent.some((one) => one.startsWith(`${operation.operationId} `) && one.endsWith(` ${name}`))).toBe(true);
      }
    }
  });
});

async function newestEntry(): Promise<string> {
  const { rows } = await api().sql.query<{ id: string }>('SELECT id FROM audit_entries ORDER BY id DESC LIMIT 1');
  return rows[0]?.id ?? '00000000-0000-0000-0000-000000000000';
}

async function actionsAfter(entry: string): Promise<readonly string[]> {
  const text = 'SELECT DISTINCT action FROM audit_entries WHERE id > $1';
  const { rows } = await api().sql.query<{ action: string }>(text, [entry]);
  return rows.map(({ action }) => action).toSorted();
}

/** A stream does not end: it is closed when it is ready. */
async function expectStreams(found: FoundOperation): Promise<void> {
  for (const query of queriesOf(found)) {
    const stream = await EventStream.ready(`${api().origin}${pathOf(found)}${query}`, api().adminKey);
    stream.close();
  }
}

async function remember(kind: IdKind, { body }: Answer): Promise<void> {
  standsFor(kind, body.id);
  if (kind === 'subscription') standsFor('endpoint', body.endpointId);
  if (kind === 'event') standsFor('delivery', await deliveryOf(body.id));
}

function examplesIn({ requestBody }: FoundOperation['operation']): [string, { readonly value: unknown }][] {
  return Object.entries(requestBody?.content['application/json']?.examples ?? {});
}

function bodiesOf({ operation }: FoundOperation): [string, string | undefined][] {
  const examples = examplesIn(operation).map(([name, { value }]): [string, string] => [name, inOurWorld(value)]);
  return examples.length > 0 ? examples : [['none', undefined]];
}

/** The query with its required parameters, and once more with each optional one. */
function queriesOf({ operation }: FoundOperation): string[] {
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const isAlways = ({ name, required }: Parameter) => required || name === 'tenantId';
  const always = parameters.filter(isAlways);
  const others = parameters.filter((parameter) => !isAlways(parameter) && exampleOf(parameter) !== undefined);
  const combined = others.map((other) => queryOf([...always, other]));
  // it needs one of two
  return operation.operationId === 'describeTemplate' ? combined : [queryOf(always), ...combined];
}

function queryOf(parameters: readonly Parameter[]): string {
  const pairs = parameters.map((parameter) => [parameter.name, plain(exampleOf(parameter))]);
  return `?${new URLSearchParams(Object.fromEntries(pairs))}`;
}

/** What browsers send with the calls that only own pages can make. */
function headersOf({ operation }: FoundOperation): Record<string, string> {
  const names = [CONSOLE_HEADER, PORTAL_HEADER];
  const header = names.find((name) => operation.parameters?.some((parameter) => parameter.name === name));
  return header === undefined ? {} : { [header]: '1', origin: api().origin };
}

function pathOf({ path, operation }: FoundOperation): string {
  const parameter = operation.parameters?.find((one) => one.in === 'path');
  return parameter ? path.replace(/\{\w+\}/, plain(exampleOf(parameter))) : path;
}

function plain(value: unknown): string {
  return JSON.parse(inOurWorld(String(value)));
}

/** An example as JSON, its ids and its host replaced by those of this test. */
function inOurWorld(value: unknown): string {
  let text = JSON.stringify(value).replaceAll('https://hooks.example.com', 'http://127.0.0.1:9');
  for (const [example, id] of real) text = text.replaceAll(example, id);
  return text;
}

function expectDocumented({ operation }: FoundOperation, { status, headers, body, text }: Answer): void {
  const expected = Object.keys(operation.responses).filter((one) => one.startsWith('2'));
  expect(expected, text).toContain(String(status));
  const media = operation.responses[status]?.content;
  if (!media) {
    expect(text).toBe('');
    return;
  }
  const [type = '', { schema }] = Object.entries(media)[0] ?? ['', { schema: {} }];
  if (type === '*/*') return;
  expect(headers.get('content-type')).toContain(type);
  expect(invalidity(schema, body), text).toBeUndefined();
}

const scope = () => `tenantId=${real.get(EXAMPLE_IDS.tenant)}`;

/** That of the endpoint that the examples are about: others have the event too, and the order of its deliveries is by chance. */
async function deliveryOf(event: string): Promise<string> {
  const filter = `eventId=${event}&endpointId=${real.get(EXAMPLE_IDS.endpoint)}`;
  const { data } = await made(api().admin('GET', `/v1/deliveries?${scope()}&${filter}`), 200);
  expect(data.length).toBeGreaterThan(0);
  return data[0]?.id ?? '';
}

async function newDelivery(): Promise<string> {
  const event = installed(`pass-${sent.length}`, { templateId: real.get(EXAMPLE_IDS.template) });
  return deliveryOf((await made(api().admin('POST', `/v1/events?${scope()}`, event), 202)).id);
}

async function build(delivery: string): Promise<void> {
  await api().sql.query(`UPDATE deliveries SET body = '{"pass-id":"pass-1"}' WHERE id = $1`, [delivery.slice(4)]);
}

async function makeRetrying(delivery: string): Promise<void> {
  const text = `UPDATE deliveries SET state = 'retrying', attempts = 1, due_at = now() + interval '1 hour' WHERE id = $1`;
  await api().sql.query(text, [delivery.slice(4)]);
}

async function tokenOfDryRun(): Promise<string> {
  const filter = { endpointId: real.get(EXAMPLE_IDS.endpoint), after: '2026-01-15T10:00:00Z' };
  const { confirmToken, count } = await made(api().admin('POST', `/v1/replays/dry-run?${scope()}`, filter), 200);
  expect(count).toBeGreaterThan(0);
  return String(confirmToken);
}

async function tokenOfErasure(): Promise<string> {
  const subject = { passId: '7Hq2vXk0' };
  const { confirmToken } = await made(api().admin('POST', `/v1/erasures/dry-run?${scope()}`, subject), 200);
  return String(confirmToken);
}

async function tokenOfDiscard(): Promise<string> {
  await deadLetterOf(await newDelivery());
  const filter = { after: '2026-01-15T10:00:00Z' };
  const { confirmToken } = await made(api().admin('POST', `/v1/dead-letters/discard/dry-run?${scope()}`, filter), 200);
  return String(confirmToken);
}

function deadLetterOf(delivery: string): Promise<string> {
  return killed(api(), delivery);
}

async function openLink(): Promise<string> {
  const input = { tenantId: real.get(EXAMPLE_IDS.tenant), permissions: 'read' };
  return String((await made(api().admin('POST', '/v1/portal-links', input), 201)).link);
}
