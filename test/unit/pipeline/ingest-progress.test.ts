import { expect, test } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import type { PostedItem } from '../../../src/domain/read-posted-event.ts';
import type { EventResult } from '../../../src/pipeline/classify-events.ts';
import { MAX_REQUEST_DELIVERIES, MAX_SLICE_DELIVERIES } from '../../../src/pipeline/fan-out.ts';
import { IngestProgress, nextSlice } from '../../../src/pipeline/ingest-progress.ts';
import { loadedConfig } from '../../../src/pipeline/tenant-configs.ts';
import { configOf, tenantId } from '../../support/configuration.ts';

const config = await configOf({}).load(tenantId);
if (!config) throw new Error('the configuration is there');
const loaded = loadedConfig(config);

/** A request whose event number n makes `deliveries[n]` deliveries. */
function given(deliveries: readonly number[]): IngestProgress {
  const items = deliveries.map((count): PostedItem => {
    const pass = { id: String(count) };
    return { event: { type: 'pass.updated', templateId: 't', occurredAt: '2026-03-01T12:00:00Z', pass }, text: '' };
  });
  return new IngestProgress({ tenantId, items, loaded }, countOf);
}

function accepted(deliveries: number | undefined): EventResult {
  return { kind: 'accepted', id: newId('event', 0), duplicate: deliveries === undefined, deliveries };
}

const countOf = ({ event }: PostedItem): number => Number(event.pass.id);

/** Stores everything; returns the deliveries of each slice, by request and event. */
function storeAll(requests: readonly IngestProgress[], result = (item: PostedItem) => accepted(countOf(item))) {
  const slices: number[][][] = [];
  for (let slice = nextSlice(requests); slice.length > 0; slice = nextSlice(requests)) {
    slices.push(slice.map(({ items }) => items.map(countOf)));
    for (const { progress, items } of slice) progress.note(items.map(result));
  }
  return slices;
}

function codesOf({ result }: IngestProgress): string[] {
  if (result instanceof Error) throw result;
  return result.map((one) => (one.kind === 'accepted' ? 'accepted' : one.code));
}

test('a slice holds no more deliveries than are written at once, of one request or several', () => {
  const slices = storeAll([given([900, 900, 900]), given([100, 100, 100, 0]), given([300])]);
  expect(slices).toEqual([
    [
      [900, 900],
      [100, 100],
    ],
    [[900], [100, 0], [300]],
  ]);
});

test('an event that has more by itself is a slice of its own', () => {
  const many = MAX_SLICE_DELIVERIES + 1;
  expect(storeAll([given([1, many, 1])])).toEqual([[[1]], [[many]], [[1]]]);
});

test('beyond the bound of a request its events are refused; one that still fits is not', () => {
  const request = given([MAX_REQUEST_DELIVERIES - 10, 11, 10, 1, 0]);
  storeAll([request]);
  expect(codesOf(request)).toEqual(['accepted', 'too-many-deliveries', 'accepted', 'too-many-deliveries', 'accepted']);
});

test('the first event of a request is never refused', () => {
  const request = given([MAX_REQUEST_DELIVERIES + 1, 1]);
  storeAll([request]);
  expect(codesOf(request)).toEqual(['accepted', 'too-many-deliveries']);
});

test('duplicates make no deliveries, so a request that is repeated gets further', () => {
  const request = given(Array.from({ length: 200 }, () => 1000));
  let stored = 0;
  storeAll([request], () => accepted(stored++ < 100 ? undefined : 1000));
  expect(codesOf(request)).toEqual(Array.from({ length: 200 }, () => 'accepted'));
});

test('a request that fails stops there, and the others go on', () => {
  const [failing, other] = [given([1500, 1500]), given([1500, 1500])];
  const [first] = nextSlice([failing, other]);
  first?.progress.note(new Error('no'));
  expect(storeAll([failing, other])).toEqual([[[1500]], [[1500]]]);
  expect(failing.result).toEqual(new Error('no'));
});
