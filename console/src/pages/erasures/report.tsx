import { Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { Facts } from '../../parts/facts.tsx';
import { Id } from '../../parts/id.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Time } from '../../parts/time.tsx';
import { useQueryString } from '../../router/use-query-string.ts';
import { Counts } from './counts.tsx';
import { erasures as text } from './strings.ts';

const REFRESH_MS = 2000;

/** The erasure that the address names, with what was erased. */
export function Report() {
  const [{ erasure: id = '' }, change] = useQueryString();
  const query = useQuery({
    queryKey: ['erasure', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/erasures/{id}', { params: { path: { id } }, signal })),
    enabled: id !== '',
    refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? REFRESH_MS : false),
  });
  return (
    <Modal opened={id !== ''} onClose={() => void change({ erasure: undefined })} title={text.report} size="lg">
      <Loaded query={query}>
        {({ state, subject, subjectHash, passes, counts, createdBy, createdAt, endedAt }) => (
          <Stack gap="sm">
            {state === 'running' && <Text size="sm">{text.running}</Text>}
            <Facts
              facts={[
                [text.columns.state, <StateBadge key="state" state={state} />],
                [text.columns.subject, text.subjects[subject]],
                [text.columns.passes, text.passes(passes)],
                [text.by, <Id key="by" value={createdBy} short />],
                [text.columns.started, <Time key="started" at={createdAt} />],
                [text.columns.ended, endedAt !== null && <Time key="ended" at={endedAt} />],
              ]}
            />
            <Counts counts={counts} />
            <Text size="sm">{text.stays}</Text>
            <Text component="code" size="xs" style={{ overflowWrap: 'anywhere' }}>
              {subjectHash}
            </Text>
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}
