import type { UrlChecker } from '../ports/sending.ts';
import { createAddressGuard } from './address-guard.ts';
import { parseEndpointUrl } from './endpoint-url.ts';
import { createGuardedLookup } from './guarded-lookup.ts';
import { createNameResolver } from './name-resolver.ts';

export interface UrlRules {
  /** http beside https. */
  readonly allowHttp: boolean;
  /** CIDRs that may be dialled though they are not public. */
  readonly allowedNetworks: readonly string[];
  /** `address` or `address:port`; the system's when undefined. */
  readonly nameServers?: readonly string[] | undefined;
}

/**
 * Judges a URL when somebody configures it, to tell them early. What counts is the check at the moment of dialling: a name
 * can mean another address by then.
 *
 * @throws TypeError when a network or name server is not one
 */
export function createUrlChecker({ allowHttp, allowedNetworks, nameServers }: UrlRules): UrlChecker {
  const guard = createAddressGuard(allowedNetworks);
  const names = createGuardedLookup(guard, createNameResolver(nameServers));
  return {
    async check(text) {
      const endpoint = parseEndpointUrl(text, allowHttp, guard);
      if (endpoint.kind === 'refused') return { kind: 'forbidden', detail: endpoint.detail };
      if (endpoint.host.kind === 'address') return { kind: 'ok' };
      const answer = await names.resolve(endpoint.host.value);
      switch (answer.kind) {
        case 'addresses':
          return { kind: 'ok' };
        case 'forbidden':
          return { kind: 'forbidden', detail: answer.detail };
        case 'failed':
          return { kind: 'unresolvable', detail: answer.detail };
      }
    },
  };
}
