import { Redis } from 'ioredis';
import pTimeout from 'p-timeout';
import type { Inspection, ServerInspector } from '../../ports/servers.ts';
import { COMMAND_TIMEOUT_MS, type RedisOptions } from '../redis.ts';
import { findingOfError, findingsOf, readInfo } from './redis-findings.ts';

/** The test write expires by itself. */
const PROBE_TTL_MS = 60_000;

/** Inspects a Redis over a connection of its own, whose errors name their cause. */
export class RedisInspector implements ServerInspector {
  readonly #options: RedisOptions;
  #redis: Redis | undefined;
  #lastError: Error | undefined;

  constructor(options: RedisOptions) {
    this.#options = options;
  }

  async inspect(): Promise<Inspection> {
    try {
      return await pTimeout(this.#inspect(), { milliseconds: COMMAND_TIMEOUT_MS, message: 'no answer in time' });
    } catch (error) {
      const finding = findingOfError(this.#lastError ?? error);
      await this.close();
      return { facts: {}, findings: [finding] };
    }
  }

  async close(): Promise<void> {
    this.#redis?.disconnect();
    this.#redis = undefined;
    this.#lastError = undefined;
  }

  async #inspect(): Promise<Inspection> {
    const redis = await this.#connected();
    const facts = readInfo(await redis.info());
    const findings = findingsOf(facts);
    const blocked = findings.some(({ effect }) => effect === 'blocks');
    const refused = blocked ? undefined : await this.#tryWrite(redis);
    return { facts: { ...facts }, findings: refused ? [...findings, refused] : findings };
  }

  async #connected(): Promise<Redis> {
    if (this.#redis?.status === 'ready') return this.#redis;
    await this.close();
    const redis = new Redis(this.#options.url, {
      lazyConnect: true,
      connectTimeout: COMMAND_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      retryStrategy: () => null,
    });
    redis.on('error', (error) => {
      this.#lastError = error;
    });
    this.#redis = redis;
    await redis.connect();
    return redis;
  }

  async #tryWrite(redis: Redis): Promise<Inspection['findings'][number] | undefined> {
    try {
      await redis.set(`${this.#options.prefix}:writable`, '1', 'PX', PROBE_TTL_MS);
      return undefined;
    } catch (error) {
      return findingOfError(error);
    }
  }
}
