import type { UrlChecker } from '../ports/sending.ts';
import { createAddressGuard } from './address-guard.ts';
import { parseEndpointUrl } from './endpoint-url.ts';
import { createGuardedLookup } from './guarded-lookup.ts';
import { createNameResolver } from './name-resolver.ts';

export interface UrlRules {
  /** Whether http is allowed as well as https. */
  readonly allowHttp: boolean;
  /** CIDRs or addresses that may be dialled although they are not public. */
  readonly allowedNetworks: readonly string[];
  /** `address` or `address:port`; the system's when undefined. */
  readonly nameServers?: readonly string[] | undefined;
}

/**
 * Checks a URL when it is configured, so that errors are reported early. The sender checks again when it dials, because the
 * name can resolve to another address by then.
 *
 * @throws TypeError when an entry of `allowedNetworks` or `nameServers` is malformed
 */
export function createUrlChecker({ allowHttp, allowedNetworks, nameServers }: UrlRules): UrlChecker {
  const guard = createAddressGuard(allowedNetworks);
  const names = createGuardedLookup(guard, createNameResolver(nameServers));
  return {
    async check(text) {
      const endpoint = parseEndpointUrl(text, allowHttp, guard);
      if (endpoint.kind === 'refused') return { kind: 'forbidden', detail: endpoint.detail };
      if (endpoint.host.kind === 'address') return { kind: 'ok' };
      const result = await names.resolve(endpoint.host.value);
      switch (result.kind) {
        case 'addresses':
          return { kind: 'ok' };
        case 'forbidden':
          return { kind: 'forbidden', detail: result.detail };
        case 'failed':
          return { kind: 'unresolvable', detail: result.detail };
      }
    },
  };
}
