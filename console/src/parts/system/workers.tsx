import { Card, Title } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { parts } from '../../strings/parts.ts';
import { system } from '../../strings/system.ts';
import { type Column, DataTable } from '../data-table.tsx';
import { Empty } from '../empty.tsx';
import { shortId } from '../id.tsx';
import { Loaded } from '../loaded.tsx';
import { Time } from '../time.tsx';
import { ToneBadge, ToneIcon } from '../tone.tsx';
import { useWorkers } from './use-system.ts';

const text = system.workers;
/** As the API describes it: a worker that is silent for longer counts as dead. */
const DEAD_AFTER_MS = 8000;

type Worker = Schemas['Worker'];

/** The worker processes, with the age of their last heartbeat. */
export function Workers() {
  const workers = useWorkers();
  return (
    <Card component="section" withBorder p="md" aria-label={text.title}>
      <Title order={2} mb={4}>
        {text.title}
      </Title>
      <Loaded query={workers} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={text.none} icon={<ToneIcon meaning="bad" size={20} />}>
              {text.noneText}
            </Empty>
          ) : (
            <DataTable
              label={text.title}
              rows={data}
              columns={COLUMNS}
              keyOf={({ id }) => id}
              narrow={(worker) => [
                <>
                  <WorkerState key="state" worker={worker} /> <span key="slots">{text.inFlight(slotsOf(worker))}</span>
                </>,
                <>
                  {shortId(worker.id)} {text.ago(worker.beatAgoMs)} {worker.version}
                </>,
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

const COLUMNS: readonly Column<Worker>[] = [
  { id: 'state', head: text.columns.state, cell: (worker) => <WorkerState worker={worker} /> },
  { id: 'id', head: text.columns.id, cell: ({ id }) => <span title={id}>{shortId(id)}</span> },
  { id: 'beat', head: text.columns.beat, cell: ({ beatAgoMs }) => text.ago(beatAgoMs) },
  { id: 'slots', head: text.columns.slots, isNumber: true, cell: slotsOf },
  { id: 'started', head: text.columns.started, cell: ({ startedAt }) => <Time at={startedAt} /> },
  { id: 'version', head: text.columns.version, cell: ({ version }) => version ?? parts.unknown },
];

function WorkerState({ worker: { beatAgoMs, leads } }: { readonly worker: Worker }) {
  const isAlive = beatAgoMs <= DEAD_AFTER_MS;
  return (
    <>
      <ToneBadge meaning={isAlive ? 'good' : 'bad'}>{isAlive ? text.alive : text.silent}</ToneBadge> {leads && text.leads}
    </>
  );
}

function slotsOf({ inFlight, slots }: Worker): string {
  return inFlight === null || slots === null ? parts.unknown : text.ofSlots(inFlight, slots);
}
