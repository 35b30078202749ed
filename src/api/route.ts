import { z } from 'zod';
import type { Id, IdKind, TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import type { Checked } from '../domain/schema.ts';
import type { Role } from '../ports/configuration.ts';
import type { Caller, KeyRing } from './key-ring.ts';
import type { Services } from './services.ts';

/** What handlers work with. */
export interface Context extends Services {
  readonly keyRing: KeyRing;
}

/** A request whose every part was checked. */
interface Call<K extends IdKind, Query, Body> {
  readonly caller: Caller;
  /** The `{id}` of the path. */
  readonly id: Id<K>;
  readonly query: Query;
  readonly body: Body;
}

/** A request in the scope of one tenant: the key's own, or the one it names. */
interface TenantCall<K extends IdKind, Query, Body> extends Call<K, Query, Body> {
  readonly tenantId: TenantId;
}

type Method = 'get' | 'post' | 'patch' | 'delete';

interface RouteData<A extends z.ZodType> {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/templates/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly roles: readonly Role[];
  readonly status: 200 | 201 | 202 | 204;
  readonly answer?: A;
  /** The answer without what must not be kept under an Idempotency-Key. */
  blank?(answer: z.infer<A>): z.infer<A>;
  readonly bodyLimitBytes?: number;
  /** True where the verb itself says that there is no such tenant, and a look-up beforehand would be wasted. */
  readonly findsTenant?: boolean;
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

/** What every handler is called with; `tenantId` is there for routes in the scope of a tenant. */
interface ServedCall extends Call<IdKind, unknown, unknown> {
  readonly tenantId?: TenantId;
}

interface Spec<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType> extends RouteData<A> {
  readonly id?: K;
  readonly query?: Q;
  readonly body?: B;
  readBody?(value: unknown, schema: z.ZodType, lossy: readonly FieldError[]): Checked<z.infer<B>>;
}

interface GlobalSpec<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>
  extends Spec<K, Q, B, A> {
  handle(context: Context, call: Call<K, z.infer<Q>, z.infer<B>>): Promise<z.infer<A>>;
}

interface TenantSpec<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>
  extends Spec<K, Q, B, A> {
  handle(context: Context, call: TenantCall<K, z.infer<Q>, z.infer<B>>): Promise<z.infer<A>>;
}

/** A route about things that belong to no tenant. */
export function globalRoute<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(
  spec: GlobalSpec<K, Q, B, A>,
): Route {
  return { ...spec, scope: 'global', id: spec.id, query: spec.query ?? z.strictObject({}), body: spec.body };
}

/** A route in the scope of a tenant: query and body may name it as `tenantId`, which the handler gets resolved. */
export function tenantRoute<K extends IdKind, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(
  spec: TenantSpec<K, Q, B, A>,
): Route {
  const query = (spec.query ?? z.strictObject({})).extend({ tenantId });
  return { ...spec, scope: 'tenant', id: spec.id, query, body: spec.body && withTenantId(spec.body) };
}

const tenantId = z.string().optional().meta({
  description: 'The tenant. Implied by a key that is bound to one; required with any other.',
});

/** The same schema, with the `tenantId` that a caller may name beside its other members. */
function withTenantId(schema: z.ZodType): z.ZodType {
  const about = schema.meta() ?? {};
  if (schema instanceof z.ZodObject) return schema.extend({ tenantId }).meta(about);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const [first, ...rest] = schema.options.map((option) => (option as z.ZodObject).extend({ tenantId }));
    if (first) return z.discriminatedUnion(schema.def.discriminator, [first, ...rest]).meta(about);
  }
  throw new Error('a body in the scope of a tenant must be an object');
}
