import { erasedIds } from '../domain/erasure.ts';
import { type SecretBox, SecretUnreadable } from '../domain/secret-box.ts';
import type { AnnouncedChanges } from '../ports/changes.ts';
import type { AnswerCursor, ErasureStore, PassToErase, RunningErasure } from '../ports/erasures.ts';
import type { Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import { type ErasurePlan, openIds, sealIds } from './erasure-plan.ts';

export interface ErasureRunnerDeps {
  readonly erasures: ErasureStore;
  readonly box: SecretBox;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly changes: AnnouncedChanges;
  readonly log: Log;
}

/** Carries out erasures; run by the leading worker, about once a second. What was done survives a crash, and the rest follows. */
export class ErasureRunner {
  readonly #deps: ErasureRunnerDeps;

  constructor(deps: ErasureRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Carries every running erasure as far as possible, oldest first.
   *
   * @param goesOn asked between steps: false leaves the rest to another run
   * @throws Unavailable
   */
  async sweep(goesOn: () => boolean = () => true): Promise<void> {
    for (const erasure of await this.#deps.erasures.running()) {
      if (!goesOn()) return;
      try {
        await this.#run(erasure, goesOn);
      } catch (err) {
        if (!(err instanceof SecretUnreadable)) throw err;
        // the others must not wait for a person who restores the key
        this.#deps.log.error({ err, erasureId: erasure.id }, 'an erasure waits: its encryption key is not configured');
      }
    }
  }

  /** The last run of an erasure begins when everything that belongs to it is committed, so that nothing appears behind its steps. */
  async #run(erasure: RunningErasure, goesOn: () => boolean): Promise<void> {
    const { erasures, box, changes, log } = this.#deps;
    const isSettled = await erasures.isSettled(erasure.id);
    const plan = openIds(box, erasure.plan);
    if (!erasure.searched && !isSettled) return;
    const passIds = erasure.searched ? plan.passIds : await this.#search(erasure, plan, goesOn);
    const passes = passIds.map((passId) => this.#passOf(erasure, passId, plan));
    for (const pass of passes) await this.#erase(erasure, pass, goesOn);
    if (!isSettled) return;
    await this.#eraseAnswers(erasure, passes, plan, goesOn);
    if (!goesOn()) return;
    await changes.forget();
    await erasures.finish(erasure.id);
    log.info({ erasureId: erasure.id, tenantId: erasure.tenantId }, 'erasure ended');
  }

  /** The passes with the `userProvidedId`. They are stored before the first is erased: afterwards nothing names them. */
  async #search(erasure: RunningErasure, plan: ErasurePlan, goesOn: () => boolean): Promise<readonly string[]> {
    const { erasures, box } = this.#deps;
    const { userProvidedId } = plan;
    if (userProvidedId === undefined) return plan.passIds;
    const passIds = new Set<string>();
    let cursor: string | undefined;
    do {
      if (!goesOn()) return [];
      const found = await erasures.search(erasure.tenantId, userProvidedId, cursor);
      for (const passId of found.passIds) passIds.add(passId);
      cursor = found.cursor;
    } while (cursor !== undefined);
    await erasures.setPasses(erasure.id, passIds.size, sealIds(box, { passIds: [...passIds], userProvidedId }));
    return [...passIds];
  }

  #passOf({ tenantId }: RunningErasure, passId: string, { userProvidedId }: ErasurePlan): PassToErase {
    const { box } = this.#deps;
    const hashOf = (text: string): string => erasedIds(box, tenantId, 'passId', text)[0] ?? '';
    return { passId, hash: hashOf(passId), quoted: [passId, ...(userProvidedId ? [userProvidedId] : [])], hashOf };
  }

  async #erase(erasure: RunningErasure, pass: PassToErase, goesOn: () => boolean): Promise<void> {
    const { erasures, queue } = this.#deps;
    while (goesOn()) {
      const { due, isMore } = await erasures.erase(erasure, pass);
      if (due.length > 0) queue.offer(due);
      if (!isMore) return;
    }
  }

  async #eraseAnswers(
    erasure: RunningErasure,
    passes: readonly PassToErase[],
    { userProvidedId }: ErasurePlan,
    goesOn: () => boolean,
  ): Promise<void> {
    const quoted = new Set([...passes.map(({ passId }) => passId), ...(userProvidedId ? [userProvidedId] : [])]);
    if (quoted.size === 0) return;
    let cursor: AnswerCursor | undefined;
    do cursor = await this.#deps.erasures.eraseAnswers(erasure, [...quoted], cursor);
    while (cursor !== undefined && goesOn());
  }
}
