import type { EndpointId } from '../domain/id.ts';

/** What endpoints have agreed to, each as one text that `EndpointConsents` compares. */
export interface ConsentStore {
  find(endpointId: EndpointId): Promise<string | undefined>;
  save(endpointId: EndpointId, consent: string): Promise<void>;
}
