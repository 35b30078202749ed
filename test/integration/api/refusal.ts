import { expect } from 'vitest';
import type { Api, Call } from './api.ts';

/** Sends an invalid request, returns the response, and checks that nothing was stored. */
export async function refusal(api: Api, call: Call, method: string, path: string, body: unknown) {
  const before = await api.stored();
  const answer = await call(method, path, body);
  expect(await api.stored(), answer.text).toBe(before);
  const { status, body: problem } = answer;
  return { status, pointers: (problem.errors ?? []).map(({ pointer }) => pointer), detail: String(problem.detail) };
}
