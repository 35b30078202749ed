import type { Request, Response } from 'express';
import { describe, expect, test } from 'vitest';
import { ABSOLUTE_MS, IDLE_MS, Sessions } from '../../../src/api/console/session.ts';
import { SecretBox } from '../../../src/domain/secret-box.ts';

const MINUTE_MS = 60_000;
const keyOf = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) });

/** A browser that keeps one cookie. */
class Browser {
  cookie = '';
  written = 0;

  get request(): Request {
    const headers: Record<string, string> = { cookie: this.cookie };
    return { secure: false, get: (name: string) => headers[name] } as unknown as Request;
  }

  get response(): Response {
    return {
      cookie: (name: string, value: string) => {
        this.written += 1;
        this.cookie = `${name}=${value}`;
      },
    } as unknown as Response;
  }
}

function setUp() {
  const clock = { now: 1_000_000 };
  const sessions = new Sessions(new SecretBox([keyOf('k1', 1)]), () => clock.now);
  const browser = new Browser();
  const session = sessions.start(browser.response, { keyHash: 'aGFzaA==' }, false);
  return { clock, sessions, browser, session };
}

describe('a session', () => {
  test('ends 8 hours after it was used last', () => {
    const { clock, sessions, browser, session } = setUp();
    clock.now += IDLE_MS - 1;
    expect(sessions.read(browser.request)).toEqual(session);
    clock.now += 1;
    expect(sessions.read(browser.request)).toBeUndefined();
  });

  test('ends 24 hours after it began, however much it is used', () => {
    const { clock, sessions, browser } = setUp();
    const end = clock.now + ABSOLUTE_MS;
    while (clock.now + IDLE_MS / 2 < end) {
      clock.now += IDLE_MS / 2;
      const session = sessions.read(browser.request);
      if (!session) throw new Error('it has ended too early');
      sessions.renew(browser.request, browser.response, session);
    }
    clock.now = end - 1;
    expect(sessions.read(browser.request)).toBeDefined();
    clock.now = end;
    expect(sessions.read(browser.request)).toBeUndefined();
  });

  test('gets a new cookie once a minute at most', () => {
    const { clock, sessions, browser, session } = setUp();
    clock.now += MINUTE_MS - 1;
    expect(sessions.renew(browser.request, browser.response, session)).toBe(session);
    expect(browser.written).toBe(1);
    clock.now += 1;
    expect(sessions.renew(browser.request, browser.response, session).seenAtMs).toBe(clock.now);
    expect(browser.written).toBe(2);
  });

  test('is read with an older encryption key, and not with others', () => {
    const { clock, browser } = setUp();
    const withKeys = (...keys: [ReturnType<typeof keyOf>, ...ReturnType<typeof keyOf>[]]) =>
      new Sessions(new SecretBox(keys), () => clock.now).read(browser.request);
    expect(withKeys(keyOf('k2', 2), keyOf('k1', 1))).toBeDefined();
    expect(withKeys(keyOf('k2', 2))).toBeUndefined();
    expect(withKeys(keyOf('k1', 3))).toBeUndefined();
  });

  test('is not another secret that was sealed with the same key', () => {
    const { sessions, browser } = setUp();
    for (const secret of ['whsec_abc', '{"keyHash":"aGFzaA=="}', '7']) {
      const { keyId, box } = new SecretBox([keyOf('k1', 1)]).seal(secret);
      browser.cookie = `passwire=${keyId}.${Buffer.from(box).toString('base64url')}`;
      expect(sessions.read(browser.request)).toBeUndefined();
    }
  });
});
