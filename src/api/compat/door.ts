import { z } from 'zod';
import type { TenantId } from '../../domain/id.ts';
import type { Credentials } from '../credentials.ts';
import type { Caller } from '../key-ring.ts';
import type { ProblemDocument } from '../problem.ts';
import type { Context } from '../route.ts';

// A door is a vendor's registration API, for scripts that were written against it: the vendor's paths, requests, answers, error shape
// and credentials. Behind it are the verbs of `/v1`, so that what it makes are ordinary integrations and subscriptions.

export interface Door {
  /** Its folder below `/compat`. */
  readonly name: string;
  readonly label: string;
  /** Markdown, for the document. */
  readonly description: string;
  readonly credentials: Credentials;
  /** The security scheme of the document. */
  readonly securityScheme: {
    readonly type: 'http' | 'apiKey';
    readonly scheme?: string;
    readonly in?: 'header';
    readonly name?: string;
  };
  readonly contentType: string;
  /** Default: as of answers. */
  readonly errorContentType?: string;
  readonly errorSchema: z.ZodType;
  /** An error as the vendor would say it. Default status: that of the problem. */
  showError(problem: ProblemDocument): { readonly status?: number; readonly body: object };
  readonly routes: readonly DoorRoute[];
}

export interface DoorCall<Query = unknown, Body = unknown> {
  readonly tenantId: TenantId;
  readonly caller: Caller;
  /** The `{names}` of the path, decoded and not checked. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The address of the door, as the caller reached it: `https://passwire.example/compat/passentry`. */
  readonly baseUrl: string;
}

interface DoorRouteData<A extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** The vendor's path, as OpenAPI writes it. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** What the `{names}` of the path are, with an example. */
  readonly params?: Readonly<Record<string, { readonly description: string; readonly example: string }>>;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer?: A;
  /** Another success, returned as a `DoorReply`. */
  readonly other?: { readonly status: 200 | 201; readonly description: string };
  /** The answer without the secrets that must not be stored under an Idempotency-Key. */
  blank?(answer: z.infer<A>): z.infer<A>;
  /** Where our verbs' JSON Pointers are in the vendor's request: the beginning of each, the longest that fits counts. */
  readonly pointers?: Readonly<Record<string, string>>;
}

export interface DoorRoute extends Omit<DoorRouteData<z.ZodType>, 'answer'> {
  readonly answer?: z.ZodType | undefined;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  handle(context: Context, call: DoorCall): Promise<unknown>;
}

/** A success with another status than the route's. */
export class DoorReply {
  readonly status: number;
  readonly value: unknown;

  constructor(status: number, value: unknown) {
    this.status = status;
    this.value = value;
  }
}

/** JSON that is text already: parsing and writing it again would reorder names that look like numbers. */
export class DoorText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

interface Spec<Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType> extends DoorRouteData<A> {
  /** Default: none. Names that it lacks are ignored, as vendors do. */
  readonly query?: Q;
  readonly body?: B;
  handle(context: Context, call: DoorCall<z.infer<Q>, z.infer<B>>): Promise<z.infer<A> | DoorReply | DoorText>;
}

export function doorRoute<Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(spec: Spec<Q, B, A>): DoorRoute {
  return { ...spec, query: spec.query ?? z.object({}), body: spec.body };
}
