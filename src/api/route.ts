import type { Response } from 'express';
import { z } from 'zod';
import type { Id, IdKind, TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import type { ExpectedVersions } from '../domain/row-version.ts';
import type { Checked } from '../domain/schema.ts';
import type { PortalRing } from './console/portal-ring.ts';
import type { Sessions } from './console/session.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { FailedKeys } from './failed-keys.ts';
import type { KeyLimits } from './key-limits.ts';
import type { Caller, KeyRing } from './key-ring.ts';
import type { OperationId } from './permissions.ts';
import type { Services } from './services.ts';
import type { Staff } from './staff.ts';
import type { Tag } from './tags.ts';

/** The dependencies of handlers. */
export interface Context extends Services {
  readonly keyRing: KeyRing;
  readonly portalRing: PortalRing;
  readonly keyLimits: KeyLimits;
  readonly failedKeys: FailedKeys;
  readonly sessions: Sessions;
  readonly staff: Staff;
}

/** A request that was checked. */
interface Call<K extends IdKind, Query, Body> {
  readonly caller: Caller;
  /** The `{id}` of the path. */
  readonly id: Id<K>;
  /** The `{name}` of the path, not checked. */
  readonly name: string;
  /** What `If-Match` names, where the route is conditional. */
  readonly expected: ExpectedVersions;
  /** What `Last-Event-ID` names, for a stream that is resumed. */
  readonly lastEventId: string | undefined;
  readonly query: Query;
  readonly body: Body;
}

/** A request in the scope of one tenant: the key's own, or the one it names. */
interface TenantCall<K extends IdKind, Query, Body> extends Call<K, Query, Body> {
  readonly tenantId: TenantId;
}

type Method = 'get' | 'post' | 'patch' | 'delete';

/** A request body that the document shows. */
interface Example {
  readonly summary: string;
  readonly value: object;
}

interface RouteData<A extends z.ZodType> {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/templates/{id}`. */
  readonly path: string;
  /** A verb and a noun, unique: methods of generated clients are named after it, and PERMISSIONS says who may call it. */
  readonly operationId: OperationId;
  readonly tag: Tag;
  readonly summary: string;
  /** Markdown: what the summary leaves out. */
  readonly description?: string;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer?: A;
  /** What a `RawAnswer` of the route is, where it answers with one. */
  readonly raw?: { readonly description: string; readonly example: string };
  /** Another success, which the handler returns as an `OtherAnswer`. */
  readonly other?: { readonly status: 200; readonly answer: z.ZodType; readonly description: string };
  /** Request bodies by a short name; default: the examples of the body's schema. */
  readonly examples?: Readonly<Record<string, Example>>;
  /** The values that `{name}` in the path can have. */
  readonly names?: readonly string[];
  /** The answer without the secrets that must not be stored under an Idempotency-Key. */
  blank?(answer: z.infer<A>): z.infer<A>;
  readonly bodyLimitBytes?: number;
  /** For a body with events: whether each has an id, so that it is stored once however often it is sent. */
  eventsHaveIds?(body: unknown): boolean;
  /** True where the items of a body may name their tenants, so that the request needs to name none. */
  readonly isTenantOptional?: boolean;
  /** True where the response is a stream of server-sent events: the handler returns a `StreamAnswer`, and `answer` is one event. */
  readonly streams?: true;
  /** Which rate of the key it counts for. Default `others`. */
  readonly rate?: 'events' | 'others' | 'checks';
  /** True for objects with a `version`: answers carry it as `ETag`, and changes honour `If-Match`. */
  readonly versioned?: true;
  /** True where the verb itself reports an unknown tenant, so that no look-up beforehand is needed. */
  readonly findsTenant?: boolean;
}

/** An answer that is no JSON of ours: it is sent as it is, and stored under no Idempotency-Key. */
export class RawAnswer {
  readonly body: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: string, contentType: string, headers: Readonly<Record<string, string>>) {
    this.body = body;
    this.contentType = contentType;
    this.headers = headers;
  }
}

/** The value of a route's other success. */
export class OtherAnswer {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** A response that is written over time. It no longer counts as a request in progress. */
export class StreamAnswer {
  readonly begin: (response: Response) => void;

  constructor(begin: (response: Response) => void) {
    this.begin = begin;
  }
}

/** A route as it is served and documented: both come from this one description. */
export interface Route extends Omit<RouteData<z.ZodType>, 'answer'> {
  readonly answer?: z.ZodType | undefined;
  readonly scope: 'tenant' | 'global';
  readonly id: IdKind | undefined;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  /**
   * Reads the parsed JSON instead of the usual checks: for a body of which a member is judged by itself.
   *
   * @param lossy what parsing lost of the body
   */
  readBody?(value: unknown, schema: z.ZodType, lossy: readonly FieldError[]): Checked<unknown>;
  handle(context: Context, call: ServedCall): Promise<unknown>;
}

/** Whether the route changes an object with a version, and so honours `If-Match`. */
export function isConditional({ versioned, id, method }: Route): boolean {
  return versioned === true && id !== undefined && method !== 'get';
}

/** The argument of every handler; `tenantId` is set for routes in the scope of a tenant. */
interface ServedCall extends Call<IdKind, unknown, unknown> {
  readonly tenantId?: TenantId;
}

interface Spec<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType> extends RouteData<A> {
  readonly id?: K;
  readonly query?: Q;
  readonly body?: B;
  readBody?(value: unknown, schema: z.ZodType, lossy: readonly FieldError[]): Checked<z.infer<B>>;
}

/** A request whose items may name their tenants; `tenantId` is that of the key, or the one that the request names. */
interface ItemsCall<K extends IdKind, Query, Body> extends Call<K, Query, Body> {
  readonly tenantId: TenantId | undefined;
}

interface ItemsSpec<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>
  extends Spec<K, Q, B, A> {
  handle(context: Context, call: ItemsCall<K, z.infer<Q>, z.infer<B>>): Promise<z.infer<A>>;
}

interface GlobalSpec<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>
  extends Spec<K, Q, B, A> {
  handle(context: Context, call: Call<K, z.infer<Q>, z.infer<B>>): Promise<z.infer<A> | OtherAnswer | StreamAnswer>;
}

interface TenantSpec<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>
  extends Spec<K, Q, B, A> {
  handle(context: Context, call: TenantCall<K, z.infer<Q>, z.infer<B>>): Promise<z.infer<A> | OtherAnswer | RawAnswer>;
}

/** A route to resources that belong to no tenant. */
export function globalRoute<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(
  spec: GlobalSpec<K, Q, B, A>,
): Route {
  return { ...spec, scope: 'global', id: spec.id, query: spec.query ?? z.strictObject({}), body: spec.body };
}

/** A route in the scope of a tenant. The query, or a JSON object as body, may name it as `tenantId`; handlers get it resolved. */
export function tenantRoute<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(
  spec: TenantSpec<K, Q, B, A>,
): Route {
  const query = (spec.query ?? z.strictObject({})).extend({ tenantId });
  return { ...spec, scope: 'tenant', id: spec.id, query, body: spec.body };
}

/** The same for a request whose items may each name a tenant of their own. */
export function itemsRoute<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(
  spec: ItemsSpec<K, Q, B, A>,
): Route {
  return { ...tenantRoute(spec), isTenantOptional: true };
}

const tenantId = z
  .string()
  .optional()
  .meta({
    description:
      'The tenant. Implied by a key that is bound to one, required with any other, except to get an object by its id. A request with a body may send it as a member of the body instead.',
    examples: [EXAMPLE_IDS.tenant],
  });
