import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { GATE_RULES, type GateRules } from '../../domain/gate-rules.ts';
import { readReply, type StepReply, type StepRequest, writeRequest } from './gate-messages.ts';

/** The functions of the script, each file after those it uses; then what it does with them. */
const PARTS = ['request', 'state', 'in-flight', 'rules', 'transitions', 'admission'].map((name) => `script/${name}.lua`);
const SCRIPT = [...PARTS, 'gate.lua'].map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');

type GateCommand = (prefix: string, request: string) => Promise<unknown>;

/** The gate in front of the queue: one atomic script over the state that all processes share (see gate.lua). */
export class Gate {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #rules: GateRules;
  readonly #command: GateCommand;

  constructor(redis: Redis, prefix: string, rules: Partial<GateRules> = {}) {
    this.#rules = { ...GATE_RULES, ...rules };
    this.#redis = redis;
    this.#prefix = gatePrefix(prefix);
    redis.defineCommand('passwireGate', { numberOfKeys: 1, lua: SCRIPT });
    const withCommand = redis as Redis & { readonly passwireGate: GateCommand };
    this.#command = (prefixKey, request) => withCommand.passwireGate(prefixKey, request);
  }

  /** Takes in what happened, and admits as many deliveries as the rules allow. */
  async step(request: StepRequest): Promise<StepReply> {
    return readReply(await this.#command(this.#prefix, writeRequest(this.#rules, request)));
  }

  /** How many deliveries are parked. */
  async parked(): Promise<number> {
    return Number((await this.#redis.get(`${this.#prefix}:parked`)) ?? 0);
  }
}

/** In front of every key of the gate. */
export function gatePrefix(prefix: string): string {
  return `${prefix}:gate`;
}
