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
}

/** The most deliveries of one transaction: it holds locks. */
const MOST_AT_ONCE = 100;

/** Sends what running replays have to send; run by the leading worker, about once a second. */
export class ReplayRunner {
  readonly #deps: ReplayRunnerDeps;

  constructor(deps: ReplayRunnerDeps) {
    this.#deps = deps;
  }

  /** One turn of every running replay, oldest first: as many deliveries as its rate allows since the last. @throws Unavailable */
  async sweep(): Promise<void> {
    for (const replay of await this.#deps.replays.running()) {
      // several transactions where the rate is high; what the rate allows is less each time
      while (await this.#step(replay));
    }
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
