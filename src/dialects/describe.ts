import { type BodyObject, type BodyValue, serialise } from '../domain/body.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import { toId } from '../domain/id.ts';
import { type JsonValue, pointerTo } from '../domain/json.ts';
import type { KnownField, MappedBody } from '../domain/mapped-body.ts';
import { sampleEvent, sampleTemplate } from '../domain/sample-event.ts';
import type { Scan } from '../domain/scan.ts';
import type { Template } from '../domain/template.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import { type Dialect, Unbuildable } from './dialect.ts';

/** What is described: the body of a trigger in a dialect. */
export interface DescribeInput {
  readonly dialect: Dialect;
  /** Must be one that the dialect has. */
  readonly trigger: PassTrigger;
  /** Undefined: any template, so that the template's own fields are not known. */
  readonly template: Template | undefined;
  /** As the dialect's schema gave them. Absent: what the schema defaults to. */
  readonly options?: object | undefined;
  readonly subscription?: object | undefined;
}

export interface DescribedField extends KnownField {
  readonly sample: JsonValue;
  /** The body of some event of the trigger is without it; where it is always there, it may still be null or empty. */
  readonly optional: boolean;
  /** An object whose member names are the tenant's or producer's own; it may have others than shown here. */
  readonly open: boolean;
}

// Descriptions have the same samples every time.
export const DESCRIBED_AT_MS = Date.UTC(2026, 0, 15, 12);
export const DESCRIBED_EVENT_ID = toId('event', '019bc1a3-0e00-7000-8000-000000000000');
const NO_TENANT = toId('tenant', '00000000-0000-7000-8000-000000000000');

/**
 * Every field that the body can have, in its order: fields that only some events of the trigger show are among them, members that
 * only the sample has are not.
 *
 * @throws Unbuildable when the dialect does not have the trigger
 */
export function describe(input: DescribeInput): readonly DescribedField[] {
  const known = new Set(knownFields(input).map(({ path }) => path));
  const always = pathsOfBareEvent(input);
  return fieldsOf(input, (event) => event)
    .filter(({ path }) => known.has(path))
    .map(({ value, ...field }) => ({
      ...field,
      sample: JSON.parse(serialise(value)) as JsonValue,
      optional: !always.has(field.path),
    }));
}

/** What the body has of an event without anything that is not required. A dialect that needs the device or the scan gets a bare one. */
function pathsOfBareEvent(input: DescribeInput): ReadonlySet<string> {
  const bare = (isWithParts: boolean) =>
    bodiesOf(input, ({ facts, ...event }) => {
      const { device, scan, pass, occurredAt, type, templateId } = facts;
      const parts = isWithParts && {
        ...(device && { device: { platform: device.platform } }),
        ...(scan && { scan: bareScan(scan) }),
      };
      // an update without changes shows the whole body, one with an empty set shows what every update has
      const changes = facts.changes && { changes: {} };
      return { ...event, facts: { type, templateId, occurredAt, pass: { id: pass.id }, ...parts, ...changes } };
    });
  try {
    return inAll(bare(false));
  } catch (error) {
    if (!(error instanceof Unbuildable)) throw error;
    return inAll(bare(true));
  }
}

function bareScan({ type, value, validationType, status }: Scan): Scan {
  return { type, value, validationType, status };
}

function inAll(bodies: readonly (readonly BodyField[])[]): ReadonlySet<string> {
  const sets = bodies.map((fields) => new Set(fields.map(({ path }) => path)));
  return sets.reduce((common, set) => common.intersection(set));
}

/** A field with its value, of which a sample is made only where it is shown. */
interface BodyField extends Omit<DescribedField, 'sample' | 'optional'> {
  readonly value: BodyValue;
}

/** The fields of the bodies of the sample event, after `change`. */
function fieldsOf(input: DescribeInput, change: (event: AcceptedEvent) => AcceptedEvent): readonly BodyField[] {
  const fields = new Map<string, BodyField>();
  for (const field of bodiesOf(input, change).flat()) if (!fields.has(field.path)) fields.set(field.path, field);
  return [...fields.values()];
}

/** The fields of each body that the sample event can have, after `change`. */
function bodiesOf(
  input: DescribeInput,
  change: (event: AcceptedEvent) => AcceptedEvent,
): readonly (readonly BodyField[])[] {
  const { dialect, trigger } = input;
  const template = input.template ?? sampleTemplate(NO_TENANT);
  const options = input.options ?? dialect.options.parse(dialect.sampleOptions ?? {});
  const subscription = input.subscription ?? dialect.subscriptionOptions.parse({});
  return variants(change(sampleEvent(template, trigger, DESCRIBED_AT_MS, DESCRIBED_EVENT_ID))).map((event) => {
    const body = dialect.buildBody({ event, trigger, template, options, subscription });
    return [...walk(body, '', dialect.openContainers)];
  });
}

/** What a mapping of the body is checked against. */
export function mappedBody(input: DescribeInput): MappedBody {
  const { dialect, trigger, template } = input;
  const subscription = input.subscription ?? dialect.subscriptionOptions.parse({});
  return {
    fields: knownFields(input),
    openContainers: dialect.openContainers,
    envelope: dialect.envelope ?? { required: [], optional: [] },
    complete: template !== undefined,
    reservedNames: dialect.reservedNames?.(subscription) ?? [],
    passIdPaths: dialect.passIdPaths(trigger),
  };
}

/** No name that a producer would use. */
const SAMPLE_MEMBER = 'member of the sample';

/** The fields without those that only the sample has: the producer's own data has other members. */
function knownFields(input: DescribeInput): readonly KnownField[] {
  return fieldsOf(input, withNamelessData).filter(({ path }) => !path.endsWith(`/${SAMPLE_MEMBER}`));
}

function withNamelessData(event: AcceptedEvent): AcceptedEvent {
  const data = { genericProperties: { [SAMPLE_MEMBER]: '' }, referenceData: { [SAMPLE_MEMBER]: '' } };
  const { pass, changes } = event.facts;
  const facts = { ...event.facts, pass: { ...pass, ...data }, ...(changes && { changes: { ...changes, ...data } }) };
  return { ...event, facts };
}

/** An update may come without `changes`, and a dialect then shows the whole body. */
function variants(event: AcceptedEvent): AcceptedEvent[] {
  const { changes, ...unchanged } = event.facts;
  return changes === undefined ? [event] : [{ ...event, facts: unchanged }, event];
}

function* walk(value: BodyObject, parent: string, open: readonly string[]): Generator<BodyField> {
  for (const [key, member] of value) {
    const path = pointerTo(parent, key);
    const name = parent === '' && !key.startsWith('/') ? key : path;
    yield { name, path, type: typeOf(member), value: member, open: open.includes(path) };
    yield* walkInside(member, path, open);
  }
}

/** Elements of a list are no fields, but what they hold is. */
function* walkInside(value: BodyValue, path: string, open: readonly string[]): Generator<BodyField> {
  if (value instanceof Map) yield* walk(value, path, open);
  else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* walkInside(element, pointerTo(path, index), open);
  }
}

function typeOf(value: BodyValue): KnownField['type'] {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'object';
  return typeof value as 'string' | 'number' | 'boolean';
}
