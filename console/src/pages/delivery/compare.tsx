import { Anchor, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { formattedJson } from '../../format/formatted-json.ts';
import { showBytes } from '../../format/time.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Skeletons } from '../../parts/skeletons.tsx';
import { useQueryString } from '../../router/use-query-string.ts';
import { delivery as text } from './strings.ts';
import { type Delivery, useDelivery } from './use-delivery.ts';

const CodeDifference = lazy(async () => ({ default: (await import('../../parts/code-difference.tsx')).CodeDifference }));
const ID = /^dlv_[0-9a-f-]{36}$/;

/** The bodies of two deliveries side by side, with what differs. */
export function Compare({ delivery, otherId }: { readonly delivery: Delivery; readonly otherId: string }) {
  const [, change] = useQueryString();
  const [typed, setTyped] = useState(ID.test(otherId) ? otherId : '');
  const other = useDelivery(ID.test(otherId) ? otherId : '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ID.test(typed.trim())) void change({ compare: typed.trim() });
  };
  return (
    <section aria-label={text.compare.title}>
      <Group justify="space-between">
        <Title order={2}>{text.compare.title}</Title>
        <Button size="compact-sm" variant="default" onClick={() => void change({ compare: undefined })}>
          {text.compare.close}
        </Button>
      </Group>
      <form onSubmit={submit}>
        <Group gap="xs" my="xs" align="flex-end">
          <TextInput
            label={text.compare.field}
            placeholder={text.compare.hint}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            w={360}
            maw="100%"
            spellCheck={false}
            autoComplete="off"
          />
          <Button type="submit" variant="default">
            {text.compare.show}
          </Button>
        </Group>
      </form>
      {other.error && <ProblemAlert error={other.error} onRetry={() => void other.refetch()} />}
      {other.data && <Difference one={delivery} other={other.data} />}
    </section>
  );
}

function Difference({ one, other }: { readonly one: Delivery; readonly other: Delivery }) {
  if (!one.request || !other.request) return <Text size="sm">{text.compare.noBody}</Text>;
  if (one.request.bodyTruncated || other.request.bodyTruncated) {
    return (
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text.compare.tooLong(showBytes(one.bodyBytes ?? 0), showBytes(other.bodyBytes ?? 0))}</Text>
        <Anchor size="sm" href={`/v1/deliveries/${one.id}/body`} download>
          {text.compare.download}
        </Anchor>
        <Anchor size="sm" href={`/v1/deliveries/${other.id}/body`} download>
          {text.compare.downloadOther}
        </Anchor>
      </Stack>
    );
  }
  if (one.request.body === other.request.body) return <Text size="sm">{text.compare.same}</Text>;
  return (
    <Suspense fallback={<Skeletons rows={6} height={18} />}>
      <CodeDifference
        left={{ label: text.compare.this, value: shownBody(one.request.body) }}
        right={{ label: text.compare.other, value: shownBody(other.request.body) }}
      />
    </Suspense>
  );
}

function shownBody(body: string): string {
  return formattedJson(body) ?? body;
}
