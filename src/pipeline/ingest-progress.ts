import type { TenantId } from '../domain/id.ts';
import type { PostedItem } from '../domain/read-posted-event.ts';
import type { EventResult } from './classify-events.ts';
import { deliveryCounter, MAX_REQUEST_DELIVERIES, MAX_SLICE_DELIVERIES } from './fan-out.ts';
import type { LoadedConfig } from './tenant-configs.ts';

export interface IngestRequest {
  readonly tenantId: TenantId;
  readonly items: readonly PostedItem[];
  /** As it was when the request came. */
  readonly loaded: LoadedConfig;
}

const TOO_MANY: EventResult = {
  kind: 'refused',
  code: 'too-many-deliveries',
  errors: [
    {
      pointer: '',
      detail: `would bring the deliveries of this request above ${MAX_REQUEST_DELIVERIES}; send it in another request`,
    },
  ],
};

/** How far the events of a request have been stored. */
export class IngestProgress {
  readonly request: IngestRequest;
  readonly #results: EventResult[] = [];
  #next = 0;
  /** Made by the events that were stored. */
  #deliveries = 0;
  #failure: Error | undefined;
  readonly #count: (item: PostedItem) => number;

  /** @param count the most deliveries that an event makes; default: as the request's configuration has it */
  constructor(request: IngestRequest, count = deliveryCounter(request.loaded)) {
    this.request = request;
    this.#count = count;
  }

  /** One result per event; or why the request failed, of which some events may have been stored. */
  get result(): readonly EventResult[] | Error {
    return this.#failure ?? this.#results;
  }

  /** Takes the next events with no more than `room` deliveries, or a single one with more than fit at once. */
  take(room: number): { readonly items: readonly PostedItem[]; readonly room: number } {
    const items: PostedItem[] = [];
    let left = room;
    for (let item = this.#current(); item; item = this.#current()) {
      const wanted = this.#count(item);
      const isTooMany = this.#next > 0 && this.#deliveries + (room - left) + wanted > MAX_REQUEST_DELIVERIES;
      if (isTooMany && items.length > 0) break; // those may turn out to be duplicates, which make none
      if (!isTooMany && wanted > left && left < MAX_SLICE_DELIVERIES) break;
      this.#next += 1;
      if (isTooMany) this.#results.push(TOO_MANY);
      else {
        items.push(item);
        left -= wanted;
      }
    }
    return { items, room: left };
  }

  /** Notes the results of the events that were taken last. */
  note(results: readonly EventResult[] | Error): void {
    if (results instanceof Error) {
      this.#failure = results;
      return;
    }
    this.#results.push(...results);
    for (const result of results) if (result.kind === 'accepted') this.#deliveries += result.deliveries ?? 0;
  }

  #current(): PostedItem | undefined {
    return this.#failure ? undefined : this.request.items[this.#next];
  }
}

export interface Slice {
  readonly progress: IngestProgress;
  readonly items: readonly PostedItem[];
}

/** The next events of the requests that are stored together; empty when none are left. */
export function nextSlice(requests: readonly IngestProgress[]): readonly Slice[] {
  const slices: Slice[] = [];
  let room = MAX_SLICE_DELIVERIES;
  for (const progress of requests) {
    const taken = progress.take(room);
    if (taken.items.length > 0) slices.push({ progress, items: taken.items });
    room = taken.room;
    if (room <= 0) break;
  }
  return slices;
}
