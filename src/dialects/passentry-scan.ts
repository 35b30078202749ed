import { type BodyObject, object } from '../domain/body.ts';
import type { AcceptedEvent, EventFacts } from '../domain/event.ts';
import { toUuid } from '../domain/id.ts';
import { toSecondsZ } from '../domain/instant.ts';
import type { Reader } from '../domain/scan.ts';
import type { Trigger } from '../domain/trigger.ts';
import { Unbuildable } from './dialect.ts';

/** The id of a scan: the producer's, else one of ours that a tap and the scan it was derived from share. */
export function scanIdOf({ id, derivedFrom, facts }: AcceptedEvent): string {
  return facts.scan?.id ?? toUuid(derivedFrom ?? id);
}

/** A JSON:API resource linkage; null when there is nothing to link to. */
export function linkage(type: string, id: string | undefined): BodyObject {
  const identifier =
    id === undefined
      ? null
      : object([
          ['id', id],
          ['type', type],
        ]);
  return object([['data', identifier]]);
}

/** The included scan; a tap repeats three attributes under their older names. @throws Unbuildable without a scan */
export function includedScan({ scan, pass, reader, occurredAt }: EventFacts, trigger: Trigger, id: string): BodyObject {
  if (scan === undefined) throw new Unbuildable(`the event has no scan, which ${trigger} needs`);
  const isTap = trigger === 'pass.tapped';
  // E4: the scan's own time, whatever the event's.
  const scannedAt = toSecondsZ(scan.scannedAt ?? occurredAt);
  const detail = scan.statusDetail ?? null;
  return object([
    ['id', id],
    ['type', 'scan'],
    [
      'attributes',
      object([
        ['scanType', scan.type],
        ['scanValue', scan.value],
        ['validationType', scan.validationType],
        ['status', scan.status],
        ['successful', isTap ? scan.status === 'successful' : undefined],
        ['statusDetail', detail],
        ['refusalReason', isTap ? detail : undefined],
        ['scannedAt', scannedAt],
        ['tappedAt', isTap ? scannedAt : undefined],
      ]),
    ],
    [
      'relationships',
      object([
        ['pass', linkage('pass', pass.id)],
        ['reader', linkage('reader', reader?.id)],
      ]),
    ],
  ]);
}

/** The included reader. E11: its type is shown for scans only. */
export function includedReader({ id, name, type }: Reader, trigger: Trigger): BodyObject {
  return object([
    ['id', id],
    ['type', 'reader'],
    [
      'attributes',
      object([
        ['name', name ?? null],
        ['readerType', trigger === 'pass.tapped' ? undefined : (type ?? null)],
      ]),
    ],
  ]);
}
