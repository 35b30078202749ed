import { expect } from 'vitest';
import type { Door } from '../../../src/api/compat/door.ts';
import { DOORS } from '../../../src/api/compat/index.ts';
import type { Api, Call } from '../api/api.ts';
import { made } from '../api/tenant-with-all.ts';

/** A JSON answer, looked into as deep as a test needs. */
export type DoorBody = ReturnType<typeof JSON.parse>;

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: DoorBody;
}

export type DoorCall = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<DoorAnswer>;

/** Calls a door with a credential; answers and errors are held against the door's schemas. */
export function knockAt(api: Api, name: string, authorization: string | undefined): DoorCall {
  const door = DOORS.find((candidate) => candidate.name === name);
  if (!door) throw new Error(`no door ${name}`);
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${api.origin}/compat/${name}${path}`, {
      method,
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, body: text && JSON.parse(text) };
    holdAgainstDoor(door, method, path, answer);
    return answer;
  };
}

function holdAgainstDoor(door: Door, method: string, path: string, { status, headers, text, body }: DoorAnswer): void {
  expect(headers.get('x-request-id')).toBeTruthy();
  if (status >= 400) {
    expect(headers.get('content-type')).toBe(door.errorContentType ?? door.contentType);
    expect(door.errorSchema.safeParse(body), text).toMatchObject({ success: true });
    return;
  }
  if (status !== 204) expect(headers.get('content-type')).toBe(door.contentType);
  const route = door.routes.find(
    (candidate) => candidate.method === method.toLowerCase() && patternOf(candidate.path).test(path.split('?')[0] ?? ''),
  );
  if (route?.answer) expect(route.answer.safeParse(body), text).toMatchObject({ success: true });
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`);
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

export interface DoorTenant {
  readonly id: string;
  readonly key: string;
  /** Calls `/v1`. */
  readonly v1: Call;
  readonly templateId: string;
}

/** A tenant with one template, whose vendor ids are those of the fixtures. */
export async function tenantWithTemplate(api: Api, template: object = {}): Promise<DoorTenant> {
  const { id, key, call } = await api.tenant();
  const { id: templateId } = await made(
    call('POST', '/v1/templates', { name: 'Loyalty', externalId: 'loyalty', ...template }),
  );
  return { id, key, v1: call, templateId };
}
