import type { BrokenOff, OutgoingRequest, SendOutcome } from '../domain/attempt.ts';
import { type BodyObject, serialise } from '../domain/body.ts';
import { BLANK, echoRemover } from '../domain/echo.ts';
import { conflict } from '../domain/errors.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import type { MessageId } from '../domain/id.ts';
import type { DialectName, Integration, StoredSecret } from '../domain/integration.ts';
import type { Limits } from '../domain/limits.ts';
import { compileMapping } from '../domain/mapping.ts';
import type { OperationalEvent } from '../domain/operational-event.ts';
import { type OwnSignature, ownSigner, signatureHeaderOf, signatureKey } from '../domain/own-signature.ts';
import { type DeliveryPolicy, overridden } from '../domain/policy.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import { webhookHeaders, webhookSigner } from '../domain/signing.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { Template } from '../domain/template.ts';
import { Unbuildable } from './dialect.ts';
import { dialectNamed } from './index.ts';
import { type OpenedSecret, openParts } from './open-secrets.ts';

export type ComposedSubscription = Pick<Subscription, 'trigger' | 'url' | 'mapping' | 'options' | 'knownFields'>;

export interface ComposerInput {
  readonly integration: Integration;
  readonly secrets: readonly StoredSecret[];
  readonly subscription: ComposedSubscription;
  readonly box: SecretBox;
  /** Whether to sign as for sending. Default true; false: every signature is blanked. */
  readonly signed?: boolean;
  /** Unix ms by the clock that secrets expire by. Default: none has expired. */
  readonly storeTimeMs?: () => number;
}

/** Turns events into requests for one subscription at one configuration version; keys and mapping are prepared beforehand. */
export interface Composer {
  readonly dialect: DialectName;
  readonly policy: DeliveryPolicy;
  readonly limits: Limits;
  /** Why nothing can be sent now: a secret cannot be opened, or the stored configuration not be used. Undefined: everything can. */
  readonly unreadable: string | undefined;
  readonly url: string;
  /** The name under which the endpoint has to agree to webhooks first; undefined when it need not. */
  readonly consentOrigin: string | undefined;
  /**
   * The bytes to send, built once per delivery: dialect, mapping, serialisation, then a signature inside the body if configured.
   *
   * @throws Unbuildable or MappingCollision when the dialect cannot express the event
   */
  buildBody(event: AcceptedEvent, template: Template): string;
  /** The same for an operational event. @throws Unbuildable */
  buildOperationalBody(event: OperationalEvent): string;
  /** The request of one attempt: the same body each time, timestamp and signatures of `nowMs`. */
  request(body: string, messageId: MessageId, nowMs: number, test?: boolean): OutgoingRequest;
  /**
   * Headers as they may be stored and shown: values that the tenant set may be credentials.
   *
   * @param isLogged whether they are stored: then the integration's own signature is blanked too. Default true
   */
  redacted(headers: Readonly<Record<string, string>>, isLogged?: boolean): Record<string, string>;
  /** The outcome with those values blanked where the receiver repeats them. */
  withoutEchoes(outcome: SendOutcome | BrokenOff): SendOutcome | BrokenOff;
}

export function createComposer(input: ComposerInput): Composer {
  const { integration, secrets, subscription, box, signed = true, storeTimeMs = () => Number.NEGATIVE_INFINITY } = input;
  const dialect = dialectNamed(integration.dialect);
  const { secrets: opened, headers: ownHeaders, unreadable } = openParts(box, integration, secrets);
  const { signature } = integration;
  const ownNames = new Set(Object.keys(ownHeaders));
  const loggedNames = new Set([...ownNames, ...(signature ? [signatureHeaderOf(signature)] : [])]);
  const policy = overridden(dialect.policy(integration.options, subscription.options), integration.policy);
  const { method, contentType } = dialect.request?.(subscription.options, integration.options) ?? {
    method: 'POST',
    contentType: 'application/json',
  };
  const eventName = dialect.eventNames[subscription.trigger] ?? subscription.trigger;
  const map = compileMapping(subscription.mapping);
  const signer = dialect.bodySigner?.(subscription.options, newestFirst(opened));
  const vendorHeaders = dialect.headerSigner?.(integration.options, newestFirst(opened));
  const signers = opened
    .filter(isWebhookSecret)
    .map((secret) => ({ sign: webhookSigner(secret), expiresAt: secret.expiresAt }));
  const ownHeadersOf = ownSignatureHeaders(signature, newestFirst(opened), signed, storeTimeMs);
  const limitFields = fieldLimiter(subscription.knownFields);
  const consentOrigin = dialect.consentOrigin?.(integration.options);

  return {
    dialect: integration.dialect,
    policy,
    limits: integration.limits,
    unreadable,
    url: subscription.url,
    consentOrigin,
    buildBody(event, template) {
      const { type: trigger } = event.facts;
      const limited = limitFields(event, template);
      const { options } = integration;
      const built = dialect.buildBody({ ...limited, trigger, options, subscription: subscription.options });
      const body: BodyObject = map(built);
      const text = serialise(body);
      return signer ? signer.embed(text, signed ? signer.sign(text) : BLANK) : text;
    },
    buildOperationalBody(event) {
      if (!dialect.buildOperationalBody) throw new Unbuildable(`${dialect.name} has no operational events`);
      return serialise(dialect.buildOperationalBody(event));
    },
    request(built, messageId, nowMs, test = false) {
      const { headers: wireHeaders, body } = dialect.onWire?.(built, integration.options) ?? { headers: {}, body: built };
      const headers = {
        ...ownHeaders,
        'content-type': contentType,
        ...wireHeaders,
        ...(consentOrigin !== undefined && { 'webhook-request-origin': consentOrigin }),
        ...webhookHeaders(signingAt(signers, storeTimeMs()), messageId, Math.floor(nowMs / 1000), body),
        ...(!signed && { 'webhook-signature': BLANK }),
        'x-webhook-event': eventName,
        ...(test && { 'x-webhook-test': 'true' }),
        ...ownHeadersOf(messageId, Math.floor(nowMs / 1000), body),
        ...(signed ? vendorHeaders?.(body) : blanked(vendorHeaders?.(body))),
      };
      return { method, url: subscription.url, headers, body, timeoutMs: policy.timeoutMs };
    },
    redacted(headers, isLogged = true) {
      const names = isLogged ? loggedNames : ownNames;
      if (names.size === 0) return { ...headers };
      const shown = (name: string, value: string) => (names.has(name) ? BLANK : value);
      return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, shown(name, value)]));
    },
    withoutEchoes: echoRemover(Object.values(ownHeaders)),
  };
}

export interface PreviewInput extends ComposerInput {
  readonly template: Template;
  readonly event: AcceptedEvent;
  readonly messageId: MessageId;
  readonly nowMs: number;
}

/** Composes a request without sending it. @throws Unbuildable or MappingCollision; Problem conflict when a secret cannot be opened */
export function previewRequest(input: PreviewInput): OutgoingRequest {
  const composer = createComposer(input);
  if (composer.unreadable !== undefined)
    throw conflict('secret-unreadable', `Nothing can be signed: ${composer.unreadable}.`);
  const request = composer.request(composer.buildBody(input.event, input.template), input.messageId, input.nowMs);
  return { ...request, headers: composer.redacted(request.headers, false) };
}

type OwnHeaders = (messageId: MessageId, timestampS: number, body: string) => Readonly<Record<string, string>>;
const NO_HEADERS = {};

/** Makes the headers of the integration's own signature; none while it has no secret. */
function ownSignatureHeaders(
  signature: OwnSignature | null,
  secrets: readonly OpenedSecret[],
  signed: boolean,
  storeTimeMs: () => number,
): OwnHeaders {
  const own = secrets
    .filter(({ kind }) => kind === 'signature')
    .map(({ value, expiresAt }) => ({ sign: signatureKey(value), expiresAt }));
  if (!signature || own.length === 0) return () => NO_HEADERS;
  const sign = ownSigner(signature);
  return (messageId, timestampS, body) => {
    const headers = sign(signingAt(own, storeTimeMs()), messageId, timestampS, body);
    return signed ? headers : { ...headers, [signatureHeaderOf(signature)]: BLANK };
  };
}

function blanked(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, BLANK]));
}

function isWebhookSecret({ kind }: OpenedSecret): boolean {
  return kind === 'webhook' || kind === 'webhook-ed25519';
}

/** Vendors' own signatures have room for one secret: the newest signs. */
function newestFirst(secrets: readonly OpenedSecret[]): OpenedSecret[] {
  return [...secrets].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

function signingAt<T>(signers: readonly { readonly sign: T; readonly expiresAt: Date | undefined }[], atMs: number): T[] {
  return signers.filter(({ expiresAt }) => !expiresAt || expiresAt.getTime() > atMs).map(({ sign }) => sign);
}

interface Limited {
  readonly event: AcceptedEvent;
  readonly template: Template;
}

/**
 * Leaves out the template fields that are off for the subscription, from template and event. A field that the template does
 * not have cannot be switched off; the dialect decides whether it shows it.
 */
function fieldLimiter(knownFields: readonly string[] | null): (event: AcceptedEvent, template: Template) => Limited {
  const known = new Set(knownFields);
  return (event, template) => {
    const off = knownFields === null ? [] : template.fields.filter(({ key }) => !known.has(key)).map(({ key }) => key);
    if (off.length === 0) return { event, template };
    const { pass, changes } = event.facts;
    const facts = {
      ...event.facts,
      pass: { ...pass, fields: without(pass.fields, off) },
      ...(changes?.fields && { changes: { ...changes, fields: without(changes.fields, off) } }),
    };
    return {
      event: { ...event, facts },
      template: { ...template, fields: template.fields.filter(({ key }) => known.has(key)) },
    };
  };
}

function without<T>(fields: Readonly<Record<string, T>> | undefined, off: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([key]) => !off.includes(key)));
}
