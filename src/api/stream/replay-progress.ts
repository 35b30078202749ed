import { isUnavailable } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/id.ts';
import type { Log } from '../../ports/process.ts';
import type { ReplayId, ReplayStore } from '../../ports/replays.ts';
import { showWithOutcome } from '../replay-view.ts';
import type { StreamMessage } from './messages.ts';
import type { Subscriber } from './subscriber.ts';

export interface ReplayDeps {
  readonly replays: Pick<ReplayStore, 'find' | 'outcome'>;
  readonly log: Log;
}

type ReplayMessage = Extract<StreamMessage, { event: 'replay' }>['data'];

/** Reports the progress of replays: read from time to time, each once, as what it sent ends in its own time. */
export class ReplayProgress {
  readonly #deps: ReplayDeps;
  /** What each stream was sent last, as JSON. */
  readonly #sent = new WeakMap<Subscriber, Map<ReplayId, string>>();

  constructor(deps: ReplayDeps) {
    this.#deps = deps;
  }

  /** Sends what changed since the last report. Never throws: what cannot be read now is read the next time. */
  async report(subscribers: Iterable<Subscriber>): Promise<void> {
    const read = new Map<ReplayId, Promise<ReplayMessage | undefined>>();
    try {
      for (const subscriber of [...subscribers]) {
        const { tenantId, topics } = subscriber.wanted;
        if (tenantId === undefined) continue;
        for (const id of topics.replayIds) {
          const reading: Promise<ReplayMessage | undefined> = read.get(id) ?? this.#read(tenantId, id);
          read.set(id, reading);
          const data = await reading;
          if (data?.tenantId === tenantId) this.#send(subscriber, id, data);
        }
      }
    } catch (error) {
      if (!isUnavailable(error)) this.#deps.log.error({ err: error }, 'the progress of replays could not be read');
    }
  }

  async #read(tenantId: TenantId, id: ReplayId): Promise<ReplayMessage | undefined> {
    const { replays } = this.#deps;
    const replay = await replays.find(tenantId, id);
    return replay && showWithOutcome(replay, await replays.outcome(tenantId, id));
  }

  #send(subscriber: Subscriber, id: ReplayId, data: ReplayMessage): void {
    const sent = this.#sent.get(subscriber) ?? new Map<ReplayId, string>();
    this.#sent.set(subscriber, sent);
    const text = JSON.stringify(data);
    if (sent.get(id) === text) return;
    sent.set(id, text);
    subscriber.send({ event: 'replay', data });
  }
}
