import { Group, MultiSelect, Stack, Text } from '@mantine/core';
import { Explained } from '../../parts/explained.tsx';
import { type Chip, FilterChips } from '../../parts/filter-chips.tsx';
import { FilterSheet } from '../../parts/filter-sheet.tsx';
import { shortId } from '../../parts/id.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { replaySentence } from '../../parts/replay-sentence.ts';
import { TextFilter } from '../../parts/text-filter.tsx';
import { showInstant, TimeRangeField } from '../../parts/time-range-field.tsx';
import { TriggerSelect } from '../../parts/trigger-select.tsx';
import { usePreferences } from '../../preferences.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { states as stateNames } from '../../strings/states.ts';
import { REPLAYABLE, type Source, statesOf } from './source.ts';
import { newReplay as text } from './strings.ts';
import { SubscriptionField } from './subscription-field.tsx';
import type { Mode } from './use-dry-run.ts';

interface Props {
  readonly tenantId: string;
  readonly source: Source;
  readonly mode: Mode;
}

const STATUS = /^[1-5](\d\d|xx)$/;

/** What is sent again: as a sentence, and as parts that can be changed. */
export function What({ tenantId, source, mode }: Props) {
  const { zone } = usePreferences();
  return (
    <Stack gap="sm">
      <Explained>
        <Sentence source={source} zone={zone} />
      </Explained>
      {source.kind === 'filter' && <FilterFields />}
      {source.kind === 'backfill' && <BackfillFields tenantId={tenantId} source={source} />}
      <Notices source={source} mode={mode} />
    </Stack>
  );
}

function Sentence({ source, zone }: { readonly source: Source; readonly zone: 'local' | 'utc' }) {
  switch (source.kind) {
    case 'filter':
      return replaySentence({ ...source.filter, states: source.filter.states ?? [] }, zone);
    case 'chosen':
      return replaySentence({ deliveryIds: [...source.ids], states: [...source.states] }, zone);
    case 'backfill':
      return replaySentence(source.input, zone);
    case 'letters':
      return text.letters;
    case 'failed':
      return (
        <>
          {text.failedOf}{' '}
          <PageLink target={{ to: '/replays/$id', params: { id: source.replayId } }}>{shortId(source.replayId)}</PageLink>
        </>
      );
    case 'recovery':
      return (
        <>
          {text.recovery}{' '}
          <PageLink target={{ to: '/endpoints/$id', params: { id: source.endpointId } }}>
            {shortId(source.endpointId)}
          </PageLink>{' '}
          {source.since !== undefined && text.recoverySince(showInstant(source.since, zone))}
        </>
      );
    default:
      return source satisfies never;
  }
}

function FilterFields() {
  const [query, change] = useQueryString();
  const { states } = statesOf(query);
  const chips = Object.entries(text.chip).flatMap(([name, label]): Chip[] => {
    const value = query[name];
    return value ? [{ names: [name], label: label(shortId(value)) }] : [];
  });
  const remove = (names: readonly string[]): void =>
    void change(Object.fromEntries(names.map((name) => [name, undefined])));
  return (
    <>
      <FilterSheet>
        <MultiSelect
          aria-label={text.filters.states}
          placeholder={states.length === 0 ? text.filters.chooseStates : ''}
          data={REPLAYABLE.map((state) => ({ value: state, label: stateNames[state] }))}
          value={[...states]}
          onChange={(next) => void change({ state: next.join(',') })}
          clearable
          w={{ base: '100%', sm: 'auto' }}
          miw={180}
        />
        <TimeRangeField query={query} onChange={(range) => void change(range)} />
        <TriggerSelect
          label={text.filters.trigger}
          placeholder={text.filters.anyTrigger}
          value={query.trigger}
          onChange={(trigger) => void change({ trigger })}
        />
        <TextFilter
          label={text.filters.status}
          placeholder={text.filters.statusHint}
          value={query.status ?? ''}
          problemOf={(value) => (STATUS.test(value) ? undefined : text.filters.badStatus)}
          onChange={(status) => void change({ status })}
          width={110}
        />
        <TextFilter
          label={text.filters.passId}
          value={query.passId ?? ''}
          onChange={(passId) => void change({ passId })}
          width={170}
        />
      </FilterSheet>
      <FilterChips chips={chips} onRemove={remove} />
    </>
  );
}

function BackfillFields({
  tenantId,
  source: { input, subscriptionId },
}: {
  readonly tenantId: string;
  readonly source: Extract<Source, { kind: 'backfill' }>;
}) {
  const [query, change] = useQueryString();
  return (
    <Group gap="xs" align="flex-end">
      <SubscriptionField
        tenantId={tenantId}
        value={subscriptionId}
        onChange={(id) => void change({ subscriptionId: id })}
      />
      {input.eventIds === undefined && <TimeRangeField query={query} onChange={(range) => void change(range)} />}
    </Group>
  );
}

/** What the filter that one came with found and a replay leaves out. */
function Notices({ source, mode }: Omit<Props, 'tenantId'>) {
  const [query] = useQueryString();
  const { states, other } = statesOf(query);
  const known = other.map((state) => stateNames[state as keyof typeof stateNames] ?? state);
  const hasRetrying = source.kind === 'filter' || source.kind === 'chosen' ? states.includes('retrying') : false;
  const notices = [
    known.length > 0 && text.notReplayed(known),
    query.test === 'true' && text.noTests,
    mode === 'fresh' && hasRetrying && text.freshRetrying,
  ].filter((notice) => notice !== false);
  return notices.map((notice) => (
    <Text key={notice} size="sm" c="dimmed">
      {notice}
    </Text>
  ));
}
