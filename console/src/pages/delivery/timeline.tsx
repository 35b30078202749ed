import { Anchor, Text, Timeline, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { Time } from '../../parts/time.tsx';
import { ToneIcon } from '../../parts/tone.tsx';
import type { Meaning } from '../../theme/meanings.ts';
import classes from './delivery.module.css';
import { delivery as text } from './strings.ts';
import type { Attempt, Delivery } from './use-delivery.ts';

type Entry = Delivery['timeline'][number];

const MOST_ATTEMPTS = 12;
const SHOWN_AT_AN_END = 4;
/** Shorter waits say nothing. */
const MIN_WAIT_MS = 2000;

const MEANING = { delivered: 'good', retryable: 'attention', permanent: 'bad' } as const satisfies Record<
  Attempt['verdict'],
  Meaning
>;

interface Props {
  readonly delivery: Delivery;
  /** The number of the attempt that is shown beside it. */
  readonly shown: number | undefined;
  onShow(number: number): void;
}

/** Everything that happened, oldest first, and dashed what is planned. Many attempts fold in the middle. */
export function DeliveryTimeline({ delivery, shown, onShow }: Props) {
  const [isFolded, setFolded] = useState(true);
  const { timeline, attempts } = delivery;
  const hidden = isFolded ? foldedOf(timeline) : new Set<Entry>();
  const lines = timeline.filter((entry) => !hidden.has(entry));
  const lastPast = lines.findLastIndex(({ planned }) => !planned);
  return (
    <Timeline
      active={lastPast}
      bulletSize={20}
      lineWidth={2}
      color="gray"
      classNames={{ root: classes.timeline ?? '', itemBullet: classes.bullet ?? '' }}
    >
      {lines.map((entry, index) => {
        const wait = waitBefore(entry, lines[index - 1]);
        const isAfterFold = hidden.size > 0 && index > 0 && hidden.has(timeline[timeline.indexOf(entry) - 1] ?? entry);
        return (
          <Timeline.Item
            key={`${entry.kind} ${entry.at} ${entry.attempt}`}
            bullet={<ToneIcon meaning={meaningOf(entry, attempts)} size={12} />}
            lineVariant={lines[index + 1]?.planned ? 'dashed' : 'solid'}
            data-planned={entry.planned || undefined}
          >
            {isAfterFold && (
              <Text size="sm" mb={6}>
                {text.folded([...hidden].filter(({ kind }) => kind === 'attempt').length)}{' '}
                <Anchor component="button" type="button" size="sm" onClick={() => setFolded(false)}>
                  {text.showFolded}
                </Anchor>
              </Text>
            )}
            {wait !== undefined && !isAfterFold && (
              <Text size="xs" c="dimmed">
                {text.waited(wait)}
              </Text>
            )}
            <Line
              entry={entry}
              isShown={entry.attempt !== null && entry.attempt === shown && entry.kind === 'attempt'}
              onShow={onShow}
            />
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

function Line({
  entry,
  isShown,
  onShow,
}: {
  readonly entry: Entry;
  readonly isShown: boolean;
  readonly onShow: Props['onShow'];
}) {
  const { at, text: words, by, attempt, kind, planned } = entry;
  const content = (
    <>
      <Text span size="sm" c="dimmed" mr={8}>
        {at === null ? text.now : <Time at={at} />}
      </Text>
      <Text span size="sm" fw={isShown ? 600 : undefined} fs={planned ? 'italic' : undefined}>
        {words}
      </Text>
      {by !== null && by !== 'system' && (
        <Text span size="xs" c="dimmed" ml={6}>
          {text.by(by)}
        </Text>
      )}
    </>
  );
  if (kind !== 'attempt' || attempt === null) return <div>{content}</div>;
  return (
    <UnstyledButton
      className={classes.attemptLine}
      aria-pressed={isShown}
      data-shown={isShown || undefined}
      title={text.showAttempt(attempt)}
      onClick={() => onShow(attempt)}
    >
      {content}
    </UnstyledButton>
  );
}

function meaningOf({ kind, attempt, planned }: Entry, attempts: readonly Attempt[]): Meaning {
  if (planned) return 'waiting';
  const made = kind === 'attempt' ? attempts.find(({ number }) => number === attempt) : undefined;
  if (made) return MEANING[made.verdict];
  if (kind === 'held' || kind === 'parked' || kind === 'blocked') return 'waiting';
  return kind === 'accepted' ? 'underWay' : 'neutral';
}

function waitBefore(entry: Entry, before: Entry | undefined): number | undefined {
  if (entry.kind !== 'attempt' || entry.at === null || before?.at == null) return undefined;
  const ms = Date.parse(entry.at) - Date.parse(before.at);
  return ms >= MIN_WAIT_MS ? ms : undefined;
}

/** The attempts in the middle. */
function foldedOf(timeline: readonly Entry[]): ReadonlySet<Entry> {
  const attempts = timeline.filter(({ kind }) => kind === 'attempt');
  if (attempts.length <= MOST_ATTEMPTS) return new Set();
  return new Set(attempts.slice(SHOWN_AT_AN_END, -SHOWN_AT_AN_END));
}
