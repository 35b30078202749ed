import { Button, Group, Select, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { showTime } from '../../format/time.ts';
import { preview as text } from '../../strings/preview.ts';

/** The event that is shown: a sample, one of the last of the log, or one that was pasted. */
export type Source =
  | { readonly kind: 'sample' }
  | { readonly kind: 'past'; readonly eventId: string }
  | { readonly kind: 'pasted'; readonly event: unknown };

export const SAMPLE: Source = { kind: 'sample' };

const RECENT = 20;

interface Props {
  readonly tenantId: string;
  readonly trigger: string;
  readonly source: Source;
  onChange(source: Source): void;
}

export function EventSource({ tenantId, trigger, source, onChange }: Props) {
  const [isPasting, setPasting] = useState(false);
  const events = useQuery({
    queryKey: ['events', tenantId, 'recent', trigger],
    queryFn: ({ signal }) => {
      const query = { tenantId, type: trigger as never, limit: RECENT };
      return dataOf(api.GET('/v1/events', { params: { query }, signal }));
    },
  });
  const data = [
    { value: 'sample', label: text.sample },
    ...(events.data?.data ?? []).map(({ id, acceptedAt, passId }) => ({
      value: id,
      label: `${passId}, ${showTime(new Date(acceptedAt)).replace(/\.\d+$/, '')}`,
    })),
    { value: 'pasted', label: text.pasted },
  ];
  return (
    <Stack gap="xs">
      <Select
        size="xs"
        label={text.source}
        allowDeselect={false}
        data={data}
        value={isPasting ? 'pasted' : source.kind === 'past' ? source.eventId : source.kind}
        onChange={(value) => {
          setPasting(value === 'pasted');
          if (value === 'sample') onChange(SAMPLE);
          else if (value !== null && value !== 'pasted') onChange({ kind: 'past', eventId: value });
        }}
      />
      {isPasting && <Pasted onChange={onChange} />}
    </Stack>
  );
}

function Pasted({ onChange }: Pick<Props, 'onChange'>) {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string>();
  const show = (): void => {
    try {
      onChange({ kind: 'pasted', event: JSON.parse(typed) });
      setProblem(undefined);
    } catch {
      setProblem(text.noJson);
    }
  };
  return (
    <Stack gap={4}>
      <Textarea
        label={text.pastedLabel}
        autosize
        minRows={3}
        maxRows={8}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={problem}
        spellCheck={false}
      />
      <Group>
        <Button size="compact-sm" variant="default" onClick={show} disabled={typed.trim() === ''}>
          {text.show}
        </Button>
      </Group>
    </Stack>
  );
}
