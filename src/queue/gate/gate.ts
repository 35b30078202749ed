import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { GATE_RULES, type GateRules } from '../../domain/gate-rules.ts';
import { readReply, type StepReply, type StepRequest, writeRequest } from './gate-messages.ts';

/** The functions of the script, each file after those it uses; then what it does with them. */
const PARTS = ['request', 'state', 'in-flight', 'rules', 'transitions', 'admission'].map((name) => `script/${name}.lua`);
const BODY = [...PARTS, 'gate.lua'].map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');

/** Rules are part of the text, so that no step has to parse them. */
function scriptWith(rules: GateRules): string {
  const fields = Object.entries(rules).map(([name, value]) => `${name} = ${value}`);
  return `local rules = { ${fields.join(', ')} }\n${BODY}`;
}

type GateCommand = (prefix: string, request: string) => Promise<unknown>;

/** The gate in front of the queue: one atomic script over the state that all processes share (see gate.lua). */
export class Gate {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #command: GateCommand;

  constructor(redis: Redis, prefix: string, rules: Partial<GateRules> = {}) {
    this.#redis = redis;
    this.#prefix = gatePrefix(prefix);
    redis.defineCommand('passwireGate', { numberOfKeys: 1, lua: scriptWith({ ...GATE_RULES, ...rules }) });
    // the command as it is now: another gate on this connection defines it again, with other rules
    const { passwireGate } = redis as Redis & { readonly passwireGate: GateCommand };
    this.#command = (prefixKey, request) => passwireGate.call(redis, prefixKey, request);
  }

  /** Takes in what happened, and admits as many deliveries as the rules allow. */
  async step(request: StepRequest): Promise<StepReply> {
    return readReply(await this.#command(this.#prefix, writeRequest(request)));
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
