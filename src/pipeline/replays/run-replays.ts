import { setTimeout as sleep } from 'node:timers/promises';
import { newId, toId, toUuid } from '../../domain/id.ts';
import type { EventStore } from '../../ports/events.ts';
import type { Clock } from '../../ports/process.ts';
import type { DeliveryQueue } from '../../ports/queue.ts';
import type {
  Backfill,
  FreshDecision,
  Replay,
  ReplayCandidate,
  ReplayStep,
  ReplayStore,
  Resending,
} from '../../ports/replays.ts';
import { newDelivery } from '../new-deliveries.ts';
import { isWanted } from '../plan-ingest.ts';
import type { TenantConfigs } from '../tenant-configs.ts';

export interface ReplayRunnerDeps {
  readonly replays: Pick<ReplayStore, 'running' | 'sendSame' | 'sendFresh' | 'sendPast' | 'setState'>;
  readonly events: Pick<EventStore, 'find'>;
  readonly configs: TenantConfigs;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly clock: Clock;
  /** Waits for so many milliseconds; default: a timer. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** The most deliveries of one transaction: it holds locks. */
const MOST_AT_ONCE = 100;

/** A replay with a slow rate has a turn so often. */
const ROUND_MS = 500;
/** What a turn sends, about, so that its deliveries do not come in a burst that others' wait behind. */
const SENT_AT_ONCE = 25;

/** Sends what running replays have to send; run by the leading worker. */
export class ReplayRunner {
  readonly #deps: ReplayRunnerDeps;

  constructor(deps: ReplayRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Sends as many deliveries as the rates allow, until no replay is running.
   *
   * @param goOn false: it returns after the turn that it is at
   * @throws Unavailable
   */
  async sweep(goOn: () => boolean): Promise<void> {
    const { pause = sleep } = this.#deps;
    for (
      let running = await this.#deps.replays.running();
      running.length > 0;
      running = await this.#deps.replays.running()
    ) {
      const turns = Math.max(...running.map(turnsOf));
      for (let turn = 0; turn < turns; turn++) {
        for (const replay of running) if (isItsTurn(replay, turn, turns)) await this.#turn(replay, goOn);
        await pause(ROUND_MS / turns);
        if (!goOn()) return;
      }
    }
  }

  /** Several transactions where more is allowed than one may hold locks of; what the rate allows is less each time. */
  async #turn(replay: Replay, goOn: () => boolean): Promise<void> {
    while (await this.#step(replay)) if (!goOn()) return;
  }

  async #step(replay: Replay): Promise<boolean> {
    const { due, isMore } = await this.#send(replay);
    if (due.length > 0) this.#deps.queue.offer(due);
    return isMore;
  }

  #send(replay: Replay): Promise<ReplayStep> {
    const { replays } = this.#deps;
    if (replay.mode === 'backfill') return this.#sendPast(replay);
    if (replay.mode === 'same') return replays.sendSame(replay, MOST_AT_ONCE);
    return replays.sendFresh(replay, MOST_AT_ONCE, (candidates) => this.#decide(replay, candidates));
  }

  async #sendPast(replay: Backfill): Promise<ReplayStep> {
    const { replays, configs } = this.#deps;
    const loaded = await configs.fresh(replay.tenantId);
    const subscription = loaded.config.subscriptions.get(replay.filter.subscriptionId);
    if (!subscription) {
      // deleted: there is nothing left to do
      await replays.setState(replay.tenantId, replay.id, ['running'], 'cancelled');
      return { due: [], isMore: false };
    }
    return replays.sendPast(replay, MOST_AT_ONCE, (event) =>
      isWanted(loaded, subscription, event) ? newDelivery(event, subscription) : undefined,
    );
  }

  async #decide(replay: Resending, candidates: readonly ReplayCandidate[]): Promise<readonly FreshDecision[]> {
    const { config } = await this.#deps.configs.fresh(replay.tenantId);
    const decisions: FreshDecision[] = [];
    for (const candidate of candidates) {
      const subscription = config.subscriptions.get(candidate.subscriptionId);
      const event = subscription && (await this.#deps.events.find(replay.tenantId, candidate.eventId));
      if (!subscription) decisions.push({ candidate, reason: 'subscription deleted' });
      else if (!event || event.removed) decisions.push({ candidate, reason: 'event no longer stored' });
      else {
        // of now, so that the replay does not find it again
        const id = newId('delivery', this.#deps.clock());
        const delivery = { ...newDelivery(event, subscription), id, messageId: toId('message', toUuid(id)) };
        decisions.push({ candidate, delivery: { ...delivery, replayOf: candidate.deliveryId } });
      }
    }
    return decisions;
  }
}

/** How many turns a replay has in a round. */
function turnsOf({ ratePerSecond }: Pick<Replay, 'ratePerSecond'>): number {
  return Math.max(1, Math.ceil((ratePerSecond * ROUND_MS) / 1000 / SENT_AT_ONCE));
}

/** @param turns of the round: the most that a replay has; the others have theirs at even distances */
function isItsTurn(replay: Replay, turn: number, turns: number): boolean {
  const share = turnsOf(replay) / turns;
  return turn === 0 || Math.floor(turn * share) > Math.floor((turn - 1) * share);
}
