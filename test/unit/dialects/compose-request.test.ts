import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { type ComposerInput, createComposer, previewRequest } from '../../../src/dialects/compose-request.ts';
import type { AcceptedEvent, EventFacts } from '../../../src/domain/event.ts';
import { newId, toId } from '../../../src/domain/id.ts';
import type { StoredSecret } from '../../../src/domain/integration.ts';
import { MappingCollision } from '../../../src/domain/mapping.ts';
import { STANDARD_RETRY_DELAYS_MS } from '../../../src/domain/policy.ts';
import { generateSecret, type SecretKind } from '../../../src/domain/signing.ts';
import { box, clock, makeIntegration, makeSubscription, makeTemplate, tenantId } from '../../support/configuration.ts';

const standard = makeIntegration('standard');
const template = makeTemplate({ fields: [{ key: 'points' }, { key: 'level' }] });
const messageId = toId('message', '0198c3f0-0000-7000-8000-0000000000aa');
/** The verifier of `standardwebhooks` accepts timestamps of the last five minutes only. */
const nowMs = Date.now();

function secretOf(kind: SecretKind, expiresAt?: number, createdAt = 0): StoredSecret & { readonly plain: string } {
  const { value, publicKey } = generateSecret(kind);
  return {
    id: newId('secret', createdAt),
    integrationId: standard.id,
    kind,
    sealed: box.seal(value),
    publicKey,
    createdAt: new Date(createdAt),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
    plain: value,
  };
}

function event(more: Partial<EventFacts> = {}): AcceptedEvent {
  return {
    id: newId('event', clock()),
    tenantId,
    templateId: template.id,
    derivedFrom: undefined,
    facts: {
      type: 'pass.created',
      templateId: template.id,
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: 'p', fields: { points: 7, level: 'gold', unknown: 'x' } },
      ...more,
    },
  };
}

function input(more: Partial<ComposerInput> = {}): ComposerInput {
  return {
    integration: standard,
    secrets: [],
    subscription: makeSubscription(standard, { trigger: 'pass.created' }),
    box,
    ...more,
  };
}

function signaturesOf(headers: Readonly<Record<string, string>>): string[] {
  return headers['webhook-signature']?.split(' ') ?? [];
}

describe('signatures', () => {
  test('a request is signed by Standard Webhooks, with the time of the attempt', () => {
    const secret = secretOf('webhook');
    const composer = createComposer(input({ secrets: [secret] }));
    const body = composer.buildBody(event(), template);
    for (const atMs of [nowMs, nowMs + 2000]) {
      const { headers } = composer.request(body, messageId, atMs);
      expect(headers).toMatchObject({
        'webhook-id': messageId,
        'webhook-timestamp': String(Math.floor(atMs / 1000)),
        'x-webhook-event': 'pass.created',
        'content-type': 'application/json',
      });
      new Webhook(secret.plain).verify(body, headers);
    }
  });

  test('during a rotation old and new secret sign, until the old one ends', () => {
    const old = secretOf('webhook', nowMs + 1000, 1);
    const fresh = secretOf('webhook', undefined, 2);
    let storeTimeMs = nowMs; // what this process takes for the time does not matter
    const composer = createComposer({ ...input({ secrets: [fresh, old] }), storeTimeMs: () => storeTimeMs });
    const body = composer.buildBody(event(), template);

    const during = composer.request(body, messageId, nowMs + 5000).headers;
    expect(signaturesOf(during)).toHaveLength(2);
    for (const { plain } of [old, fresh]) new Webhook(plain).verify(body, during);

    storeTimeMs = nowMs + 1000;
    const after = composer.request(body, messageId, nowMs - 5000).headers;
    expect(signaturesOf(after)).toHaveLength(1);
    new Webhook(fresh.plain).verify(body, after);
    expect(() => new Webhook(old.plain).verify(body, after)).toThrow();
  });

  test('an ed25519 secret signs beside the HMAC one', () => {
    const composer = createComposer(input({ secrets: [secretOf('webhook'), secretOf('webhook-ed25519')] }));
    const signatures = signaturesOf(composer.request('{}', messageId, nowMs).headers);
    expect(signatures.map((signature) => signature.split(',')[0]).sort()).toEqual(['v1', 'v1a']);
  });

  test("a vendor's own signature is made with the newest secret alone", () => {
    const integration = makeIntegration('passentry', {
      options: { barcodeShape: 'asPublished', signatureEncoding: 'hex', allowDeprecated: false },
    });
    const sign = (secrets: readonly StoredSecret[]) =>
      createComposer(
        input({ integration, secrets, subscription: makeSubscription(integration, { trigger: 'pass.created' }) }),
      ).request('{}', messageId, nowMs).headers;
    const [old, fresh] = [secretOf('passentry', nowMs + 1000, 1), secretOf('passentry', undefined, 2)];
    const both = sign([old, fresh]);
    expect(both['X-Webhook-Signature']).toBe(sign([fresh])['X-Webhook-Signature']);
    expect(both['X-Webhook-Signature']).not.toBe(sign([old])['X-Webhook-Signature']);
  });
});

describe('headers', () => {
  const integration = {
    ...standard,
    headers: box.seal(JSON.stringify({ Authorization: 'Bearer hush', 'X-Region': 'eu' })),
  };

  test('extra ones are sent, and shown without their values', () => {
    const composer = createComposer(input({ integration, secrets: [secretOf('webhook')] }));
    const { headers } = composer.request('{}', messageId, nowMs);
    expect(headers).toMatchObject({ Authorization: 'Bearer hush', 'X-Region': 'eu' });
    const shown = composer.redacted(headers);
    expect(shown).toMatchObject({ Authorization: '***', 'X-Region': '***', 'webhook-id': messageId });
    expect(shown['webhook-signature']).toBe(headers['webhook-signature']);
    expect(JSON.stringify(shown)).not.toContain('hush');
  });

  test('a preview shows none of their values', () => {
    const preview = previewRequest({ ...input({ integration }), template, event: event(), messageId, nowMs });
    expect(preview.headers).toMatchObject({ Authorization: '***' });
    expect(JSON.parse(preview.body)).toMatchObject({ type: 'pass.created' });
  });
});

describe('the body', () => {
  const fieldsOf = (body: string) => JSON.parse(body).data.pass.fields;
  const compose = (more: Partial<ReturnType<typeof makeSubscription>>) =>
    createComposer(input({ subscription: makeSubscription(standard, { trigger: 'pass.created', ...more }) }));

  test('shows every field where the subscription has no list of known ones', () => {
    expect(fieldsOf(compose({ knownFields: null }).buildBody(event(), template))).toEqual({
      points: 7,
      level: 'gold',
      unknown: 'x',
    });
  });

  test('leaves out the template fields that the subscription does not know, also from what changed', () => {
    const updated = event({ type: 'pass.updated', changes: { fields: { level: null, points: 8 } } });
    const composer = compose({ trigger: 'pass.updated', knownFields: ['points'] });
    const body = JSON.parse(composer.buildBody(updated, template));
    expect(body.data.pass.fields).toEqual({ points: 8, unknown: 'x' });
    expect(body.data.changes.fields).toEqual({ points: 8 });
  });

  test('is mapped', () => {
    const composer = compose({ mapping: { rename: { type: 'kind' }, remove: ['timestamp'] } });
    expect(Object.keys(JSON.parse(composer.buildBody(event(), template)))).toEqual(['kind', 'data']);
  });

  test('that would have one name twice after the mapping cannot be built', () => {
    const composer = compose({ mapping: { rename: { '/data/pass/fields/points': 'unknown' }, remove: [] } });
    expect(() => composer.buildBody(event(), template)).toThrow(MappingCollision);
  });

  test('is the same at every attempt', () => {
    const composer = createComposer(input());
    const body = composer.buildBody(event(), template);
    expect(composer.request(body, messageId, nowMs).body).toBe(body);
    expect(composer.request(body, messageId, nowMs + 60_000).body).toBe(body);
  });
});

test("the policy is the dialect's, with what the integration sets differently", () => {
  const { policy } = createComposer(input({ integration: { ...standard, policy: { timeoutMs: 1234 } } }));
  expect(policy).toMatchObject({ timeoutMs: 1234, retryDelaysMs: STANDARD_RETRY_DELAYS_MS });
});

test('a secret that no configured key opens makes nothing sendable, and leaves the policy known', () => {
  const sealed = { ...box.seal('x'), keyId: 'lost' };
  const composer = createComposer(input({ secrets: [{ ...secretOf('webhook'), sealed }] }));
  expect(composer.unreadable).toContain('cannot be decrypted');
  expect(composer.policy.retryDelaysMs).toEqual(STANDARD_RETRY_DELAYS_MS);
});
