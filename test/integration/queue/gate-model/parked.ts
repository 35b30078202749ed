import type { DeliveryId, EndpointId } from '../../../../src/domain/id.ts';

export interface ParkedDelivery {
  readonly deliveryId: DeliveryId;
  readonly attempt: number;
  readonly member: string;
  readonly order: number;
}

/** Parked deliveries by endpoint, older ones first. */
export class Parked {
  readonly #lists = new Map<EndpointId, ParkedDelivery[]>();

  get total(): number {
    return [...this.#lists.values()].reduce((sum, list) => sum + list.length, 0);
  }

  count(endpoint: EndpointId): number {
    return this.#lists.get(endpoint)?.length ?? 0;
  }

  add(endpoint: EndpointId, delivery: ParkedDelivery): void {
    const list = this.#lists.get(endpoint) ?? [];
    if (list.some(({ member }) => member === delivery.member)) return;
    list.push(delivery);
    list.sort((a, b) => a.order - b.order || (a.member < b.member ? -1 : 1));
    this.#lists.set(endpoint, list);
  }

  /** An older delivery takes the place of the newest. Returns whether it did. */
  replaceNewest(endpoint: EndpointId, delivery: ParkedDelivery): boolean {
    const list = this.#lists.get(endpoint) ?? [];
    const newest = list.at(-1);
    if (!newest || delivery.order >= newest.order || list.some(({ member }) => member === delivery.member)) return false;
    this.add(endpoint, delivery);
    list.pop();
    return true;
  }

  remove(endpoint: EndpointId, member: string): void {
    const list = this.#lists.get(endpoint) ?? [];
    this.#lists.set(
      endpoint,
      list.filter((delivery) => delivery.member !== member),
    );
  }

  takeFirst(endpoint: EndpointId): ParkedDelivery | undefined {
    return this.#lists.get(endpoint)?.shift();
  }

  membersOf(endpoint: EndpointId): string[] {
    return (this.#lists.get(endpoint) ?? []).map(({ member }) => member);
  }

  clear(): void {
    this.#lists.clear();
  }
}
