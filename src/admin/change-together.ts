import type { TenantId } from '../domain/id.ts';
import type { ChangeTogether, ConfigurationStores } from '../ports/configuration.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { UrlChecker } from '../ports/sending.ts';

interface TogetherDeps extends ConfigurationStores {
  readonly changeTogether: ChangeTogether;
  readonly urls: UrlChecker;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
}

/**
 * Runs several verbs of one tenant as one change: all of it is saved, or nothing when `work` throws. The verbs take the
 * dependencies that `work` gets, and nothing else of the outside.
 *
 * @param urls the URLs that the verbs will check: names are resolved before the transaction, since that may take seconds
 */
export async function runTogether<D extends TogetherDeps, T>(
  deps: D,
  tenantId: TenantId,
  urls: readonly string[],
  work: (deps: D) => Promise<T>,
): Promise<T> {
  const checkedUrls = await checkedBefore(deps.urls, urls);
  const { result, released } = await deps.changeTogether(tenantId, (stores) =>
    work({ ...deps, ...stores, urls: checkedUrls }),
  );
  if (released.length > 0) deps.queue.offer(released);
  return result;
}

async function checkedBefore(checker: UrlChecker, urls: readonly string[]): Promise<UrlChecker> {
  const results = new Map(await Promise.all(urls.map(async (url) => [url, await checker.check(url)] as const)));
  return {
    async check(url) {
      const result = results.get(url);
      if (!result) throw new Error('a URL must be checked before the transaction that saves it');
      return result;
    },
  };
}
