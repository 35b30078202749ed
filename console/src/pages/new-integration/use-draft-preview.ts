import { useState } from 'react';
import { SAMPLE, type Source } from '../../parts/preview/event-source.tsx';
import { type Previewed, type PreviewInput, usePreview } from '../../parts/preview/use-preview.ts';
import { type Dialect, type Draft, mappingOf, partsOf, type Trigger, triggersOf } from './draft.ts';

/** Of how many events of the log a filter's effect is counted. */
const RECENT = 100;

export interface ShownPreview {
  /** The trigger whose body is shown. */
  readonly trigger: Trigger | undefined;
  setTrigger(trigger: Trigger): void;
  readonly source: Source;
  setSource(source: Source): void;
  readonly previewed: Previewed;
  /** Fields that are renamed or removed. */
  readonly changes: number;
}

/** What the receiver would get, as the draft stands: of one trigger at a time. */
export function useDraftPreview(tenantId: string, draft: Draft, dialect: Dialect | undefined): ShownPreview {
  const [wanted, setTrigger] = useState<Trigger>();
  const [source, setSource] = useState<Source>(SAMPLE);
  const triggers = triggersOf(draft, dialect).filter(({ kind }) => kind === 'pass');
  const trigger = (triggers.find((one) => one.trigger === wanted) ?? triggers[0])?.trigger;
  const previewed = usePreview(tenantId, trigger && inputOf(draft, trigger, source));
  const mapping = trigger && mappingOf(draft, trigger);
  const changes = mapping ? mapping.remove.length + Object.keys(mapping.rename).length : 0;
  return { trigger, setTrigger, source, setSource, previewed, changes };
}

function inputOf(draft: Draft, trigger: Trigger, source: Source): PreviewInput {
  const { url, subscriptionOptions: options, filter } = draft;
  return {
    ...partsOf(draft),
    trigger: trigger as PreviewInput['trigger'],
    ...(url.trim() !== '' && { url: url.trim() }),
    mapping: mappingOf(draft, trigger),
    options: options as NonNullable<PreviewInput['options']>,
    ...(source.kind === 'past' && { eventId: source.eventId }),
    ...(source.kind === 'pasted' && { event: source.event as NonNullable<PreviewInput['event']> }),
    ...(filter !== null && { filter, matchRecent: RECENT }),
  };
}
