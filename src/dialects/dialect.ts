import type { z } from 'zod';
import type { UnbuildableCause } from '../domain/attempt.ts';
import type { BodyObject } from '../domain/body.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import type { DialectName } from '../domain/integration.ts';
import type { FieldError } from '../domain/json.ts';
import type { OperationalEvent } from '../domain/operational-event.ts';
import type { DeliveryPolicy } from '../domain/policy.ts';
import type { SecretKind, SigningSecret } from '../domain/signing.ts';
import type { Template } from '../domain/template.ts';
import { ALWAYS, type TimeWindow } from '../domain/time-window.ts';
import type { PassTrigger, Trigger } from '../domain/trigger.ts';

/** Everything a body is built from. */
export interface BodyInput<Options extends object, SubscriptionOptions extends object> {
  readonly event: AcceptedEvent;
  /** The trigger of the subscription: what the event is delivered as. */
  readonly trigger: PassTrigger;
  /** The event's template; its fields are those the subscription knows. */
  readonly template: Template;
  readonly options: Options;
  readonly subscription: SubscriptionOptions;
}

/** How a request is made beside its body. */
export interface RequestShape {
  readonly method: 'POST' | 'PUT';
  readonly contentType: string;
}

/** Advice on one trigger of a dialect, shown beside the trigger's own sentence. */
export interface TriggerNote {
  /** One sentence: what this vendor's event means where it differs from our trigger. */
  readonly description?: string;
  /** Set when the vendor advises against the event: what to use instead. */
  readonly deprecated?: string;
}

/** A signature that a vendor has beside those of Standard Webhooks. */
export interface VendorSignature {
  /** `passentry`, as receivers' documentation calls it. */
  readonly kind: string;
  readonly secret: SecretKind;
  /** Where it stands: a header, or members of the body. */
  readonly location: string;
  /** One sentence: algorithm, encoding and what is signed. */
  readonly description: string;
  /** False: only where options ask for it. */
  readonly always: boolean;
}

/**
 * One vendor's webhook: builds body and headers and names its policy. A dialect is pure; adding one means one file here,
 * one line in index.ts and one folder of fixtures. Methods (not properties) so that a dialect with its own option types
 * fits the registry; options reach a dialect only as its own schemas parsed them.
 */
export interface Dialect<Options extends object = object, SubscriptionOptions extends object = object> {
  readonly name: DialectName;
  /** The name for people. */
  readonly label: string;
  /** One sentence: what is sent and how it is signed. */
  readonly description: string;
  /** What the vendor calls each trigger it has (`x-webhook-event`); a trigger that is not here cannot be subscribed to. */
  readonly eventNames: Readonly<Partial<Record<Trigger, string>>>;
  readonly triggerNotes?: Readonly<Partial<Record<Trigger, TriggerNote>>>;
  /** Every member of both schemas has a title and a description; forms are drawn from them. */
  readonly options: z.ZodType<Options>;
  readonly subscriptionOptions: z.ZodType<SubscriptionOptions>;
  /** An option that names the integration in the vendor's API: no other integration of the tenant may have the same value. */
  readonly uniqueOption?: string;
  /** Options for describing a body without an integration, where the schema has required members. */
  readonly sampleOptions?: object;
  /** Secrets that an integration of this dialect has beside the Standard Webhooks one. */
  readonly secretKinds: readonly SecretKind[];
  /** Signatures made with `secretKinds`. */
  readonly signatures?: readonly VendorSignature[];
  /** JSON Pointers of objects whose member names are the tenant's or producer's own, not the vendor's. */
  readonly openContainers: readonly string[];

  /** JSON Pointers that a mapping must leave as they are: the format needs them. It may remove the optional ones. */
  readonly envelope?: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** Longest URL of an endpoint, in characters, where the vendor has a limit. */
  readonly maxUrlLength?: number;

  policy(options: Options, subscription: SubscriptionOptions): DeliveryPolicy;
  /** JSON Pointers of where the body shows the pass's id: removing them is warned about. */
  passIdPaths(trigger: PassTrigger): readonly string[];
  /** @throws Unbuildable when the vendor's body cannot express the event */
  buildBody(input: BodyInput<Options, SubscriptionOptions>): BodyObject;

  /** The body of an operational event; only where `eventNames` has operational triggers. */
  buildOperationalBody?(event: OperationalEvent): BodyObject;

  /** Refuses a subscription that the vendor would refuse; undefined when it is accepted. */
  refuse?(trigger: PassTrigger, options: Options, subscription: SubscriptionOptions): FieldError | undefined;
  /** Refuses a template that the dialect cannot render (P11); undefined when it is accepted. */
  refuseTemplate?(template: Template): FieldError | undefined;
  /** What a subscription to a template is warned about: the rest of a sentence about the template. */
  warn?(template: Template): string | undefined;
  /** Default: POST, application/json. */
  request?(subscription: SubscriptionOptions, options: Options): RequestShape;
  /** What is sent of a body, where that is not the body itself: a part of it, and headers. */
  onWire?(body: string, options: Options): WireForm | undefined;
  /** The name of the sender that an endpoint has to agree to before anything is sent; undefined when it need not. */
  consentOrigin?(options: Options): string | undefined;
  /** Top-level names that a rename must not take. */
  reservedNames?(subscription: SubscriptionOptions): readonly string[];
  /** What is told by a DELETE that the subscription was deleted (vendor-doors.md P-D7). Default: nothing. */
  unsubscribeUrl?(subscription: SubscriptionOptions): { readonly url: string; readonly option: string } | undefined;
  /** When the subscription takes events. Default: always. */
  window?(subscription: SubscriptionOptions): TimeWindow;
  /** Creates the signer for signatures inside the body; undefined when this subscription's bodies are not signed. */
  bodySigner?(subscription: SubscriptionOptions, secrets: readonly SigningSecret[]): BodySigner | undefined;
  /** Creates the signer for the vendor's own headers. */
  headerSigner?(options: Options, secrets: readonly SigningSecret[]): HeaderSigner | undefined;
}

export interface WireForm {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** When a subscription of a dialect takes events. */
export function windowOf(dialect: Dialect, subscription: object): TimeWindow {
  return dialect.window?.(subscription) ?? ALWAYS;
}

/** Signs a serialised body inside the body. */
export interface BodySigner {
  sign(text: string): string;
  /** The text to send: the body with its signature. */
  embed(text: string, signature: string): string;
}
export type HeaderSigner = (text: string) => Readonly<Record<string, string>>;

/** This dialect cannot express the event; the delivery fails permanently with the reason, others continue. */
export class Unbuildable extends Error {
  /** Undefined where the reason says all. */
  readonly why: UnbuildableCause | undefined;

  constructor(reason: string, why?: UnbuildableCause) {
    super(reason);
    this.name = 'Unbuildable';
    this.why = why;
  }
}
