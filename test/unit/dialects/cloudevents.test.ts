import { describe, expect, test } from 'vitest';
import { cloudevents, sentBody } from '../../../src/dialects/cloudevents.ts';
import { createComposer } from '../../../src/dialects/compose-request.ts';
import { mappedBody } from '../../../src/dialects/describe.ts';
import { toId } from '../../../src/domain/id.ts';
import { checkMapping } from '../../../src/domain/mapping-check.ts';
import { box, makeIntegration, makeSubscription } from '../../support/configuration.ts';
import { APPLE, accepted, bodyOf, OUR_UUID, template } from './bodies.ts';

const MESSAGE = toId('message', OUR_UUID);
const event = accepted({
  type: 'pass.installed',
  device: APPLE,
  pass: { id: 'Käse "50%" ,"data":{}', fields: { odd: 'x' } },
});

function composerOf(options: object) {
  const integration = makeIntegration('cloudevents', { options: cloudevents.options.parse(options) });
  const subscription = makeSubscription(integration, { trigger: 'pass.installed', url: 'https://hooks.example.com/' });
  return createComposer({ integration, secrets: [], subscription, box });
}

test('structured: the attributes of the specification around the data of standard', () => {
  const data = (bodyOf('standard', event) as { data: object }).data;
  expect(bodyOf('cloudevents', event)).toEqual({
    specversion: '1.0',
    id: `evt_${OUR_UUID}`,
    source: `/tenants/${event.tenantId}`,
    type: 'pass.installed',
    subject: event.facts.pass.id,
    time: '2026-03-01T12:00:00.000Z',
    datacontenttype: 'application/json',
    data,
  });
  const composer = composerOf({});
  const request = composer.request(composer.buildBody(event, template()), MESSAGE, 0);
  expect(request.headers['content-type']).toBe('application/cloudevents+json');
  expect(request.body).toBe(JSON.stringify(bodyOf('cloudevents', event)));
});

test('binary: the same attributes as headers, percent-encoded, and the data as the body', () => {
  const composer = composerOf({ mode: 'binary' });
  const stored = composer.buildBody(event, template());
  const { headers, body } = composer.request(stored, MESSAGE, 0);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': `evt_${OUR_UUID}`,
    'ce-source': `/tenants/${event.tenantId}`,
    'ce-type': 'pass.installed',
    'ce-subject': 'K%C3%A4se%20%2250%25%22%20,%22data%22:{}',
    'ce-time': '2026-03-01T12:00:00.000Z',
  });
  expect(headers).not.toHaveProperty('ce-datacontenttype');
  expect(decodeURIComponent(headers['ce-subject'] ?? '')).toBe(event.facts.pass.id);
  expect(JSON.parse(body)).toEqual((JSON.parse(stored) as { data: object }).data);
  expect(sentBody(stored, headers)).toBe(body);
  expect(sentBody(stored, { 'content-type': 'application/cloudevents+json' })).toBe(stored);
});

test('an operational event has no subject', () => {
  const facts = { type: 'endpoint.disabled', occurredAt: '2026-03-01T12:00:00Z', data: { endpointId: 'end_1' } } as const;
  const body = cloudevents.buildOperationalBody?.({ id: event.id, tenantId: event.tenantId, facts: facts as never });
  expect(body?.get('subject')).toBeUndefined();
  expect([body?.get('type'), body?.get('time')]).toEqual(['endpoint.disabled', '2026-03-01T12:00:00.000Z']);
});

describe('a mapping', () => {
  const body = mappedBody({ dialect: cloudevents as never, trigger: 'pass.installed', template: template() });
  const errorsOf = (rename: Record<string, string>, remove: string[]) =>
    checkMapping({ rename, remove }, body).errors.map(({ pointer }) => pointer);

  test.each(['specversion', 'id', 'source', 'type', 'datacontenttype', 'data'])(
    'neither renames nor removes %s',
    (name) => {
      expect(errorsOf({ [name]: 'other' }, [])).toEqual([`/mapping/rename/${name}`]);
      expect(errorsOf({}, [name])).toEqual(['/mapping/remove/0']);
    },
  );

  test.each(['subject', 'time'])('removes %s, and does not rename it', (name) => {
    expect(errorsOf({ [name]: 'other' }, [])).toEqual([`/mapping/rename/${name}`]);
    expect(errorsOf({}, [name])).toEqual([]);
  });

  test('renames and removes what is in the data', () => {
    expect(errorsOf({ '/data/pass/id': 'passId' }, ['/data/device'])).toEqual([]);
  });
});

test.each([
  [{ verification: 'cloudevents' }, 'origin'],
  [{ verification: 'cloudevents', origin: 'https://example.com' }, 'origin'],
  [{ mode: 'batched' }, 'mode'],
])('options %j are refused at %s', (options, name) => {
  expect(cloudevents.options.safeParse(options).error?.issues[0]?.path).toEqual([name]);
});

test('with verification every request names the sender', () => {
  const composer = composerOf({ verification: 'cloudevents', origin: 'webhooks.example.com' });
  expect(composer.consentOrigin).toBe('webhooks.example.com');
  const { headers } = composer.request(composer.buildBody(event, template()), MESSAGE, 0);
  expect(headers['webhook-request-origin']).toBe('webhooks.example.com');
  expect(composerOf({ origin: 'webhooks.example.com' }).consentOrigin).toBeUndefined();
});
