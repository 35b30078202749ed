import { Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';
import { showAge } from '../format/time.ts';
import { useCan } from '../session/me.ts';
import { conflict as text } from '../strings/conflict.ts';
import { parts } from '../strings/parts.ts';
import { shortId } from './id.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { type ConflictOf, changedMembers, type Members } from './use-versioned-save.ts';

interface Props {
  /** The id of the object, for who changed it. */
  readonly id: string;
  readonly conflict: Pick<ConflictOf<unknown, Members>, 'was' | 'now' | 'applied'>;
  /** What is compared, in words: `{ Name: 'Loyalty card', 'Field points': 'number' }`. Default: the members as they are. */
  describe?(members: Members): Members;
  readonly isPending: boolean;
  readonly error: unknown;
  onApplyMine(): void;
  onTakeTheirs(): void;
  onClose(): void;
}

/** Asks what to save when an object was changed by somebody else after the form was filled: 412, `version-mismatch`. */
export function Conflict(props: Props) {
  const { id, conflict, describe = (members) => members, isPending, error, onApplyMine, onTakeTheirs, onClose } = props;
  const by = useLastChange(id);
  const [was, now, applied] = [describe(conflict.was), describe(conflict.now), describe(conflict.applied)];
  const ofTheirs = changedMembers(was, now);
  const ofMine = changedMembers(now, applied);
  const names = Object.keys({ ...was, ...now, ...applied }).filter(
    (name) => ofTheirs.includes(name) || ofMine.includes(name),
  );
  return (
    <Modal opened onClose={onClose} title={text.title} size="xl">
      <Stack gap="md">
        <Text size="sm">{by ?? text.unknown}</Text>
        <Table.ScrollContainer minWidth={480}>
          <Table aria-label={text.title} layout="fixed" verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                {Object.values(text.columns).map((head) => (
                  <Table.Th key={head}>{head}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {names.map((name) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row">{name}</Table.Th>
                  <Value value={was[name]} />
                  <Value value={now[name]} isChanged={ofTheirs.includes(name)} />
                  <Value value={applied[name]} isChanged={ofMine.includes(name)} />
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Text size="sm" c="dimmed">
          {ofMine.some((name) => ofTheirs.includes(name)) ? text.both : text.apart} {text.hint}
        </Text>
        {error !== null && error !== undefined && <ProblemAlert error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {parts.cancel}
          </Button>
          <Button variant="default" onClick={onTakeTheirs}>
            {text.takeTheirs}
          </Button>
          <Button loading={isPending} onClick={onApplyMine}>
            {text.applyMine}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const MOST_LENGTH = 400;

function Value({ value, isChanged = false }: { readonly value: unknown; readonly isChanged?: boolean }) {
  const shown = typeof value === 'string' ? value : JSON.stringify(value ?? null, null, 1);
  const cut = shown.length > MOST_LENGTH ? `${shown.slice(0, MOST_LENGTH)}…` : shown;
  return (
    <Table.Td style={{ verticalAlign: 'top', overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
      {value === null || value === undefined ? text.none : isChanged ? <strong>{cut}</strong> : cut}
    </Table.Td>
  );
}

/** "Changed by ci-deploy 2 min ago.", from the audit log; undefined while that is not known. */
function useLastChange(id: string): string | undefined {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['audit', 'last', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/audit', { params: { query: { target: id, limit: 1 } }, signal })),
    enabled: can('listAudit'),
    staleTime: 0,
  });
  const [entry] = data?.data ?? [];
  if (!entry) return undefined;
  const { id: actorId, name } = entry.actor;
  return text.by(actorId === 'system' ? text.system : (name ?? shortId(actorId)), showAge(new Date(entry.at)));
}
