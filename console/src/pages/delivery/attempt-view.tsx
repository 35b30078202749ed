import { Group, Stack, Table, Tabs, Text, Title } from '@mantine/core';
import { CodeView } from '../../parts/code-view.tsx';
import { Removed } from '../../parts/removed.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Time } from '../../parts/time.tsx';
import { ToneBadge } from '../../parts/tone.tsx';
import classes from './delivery.module.css';
import { Phases } from './phases.tsx';
import { delivery as text } from './strings.ts';
import type { Attempt, Delivery } from './use-delivery.ts';

interface Props {
  readonly delivery: Delivery;
  readonly attempt: Attempt;
}

/** An attempt: its verdict with the rule, its phases, what was sent and what came back. */
export function AttemptView({ delivery, attempt }: Props) {
  const { number, startedAt, verdict, rule, byHand, outcome } = attempt;
  const title = text.attempt(number);
  return (
    <section aria-label={title}>
      <Group gap="sm" mb={6}>
        <Title order={2}>{title}</Title>
        <Time at={startedAt} />
        <StateBadge state={verdict} />
        {byHand && <ToneBadge meaning="neutral">{text.byHand}</ToneBadge>}
      </Group>
      <Text size="sm" mb="sm">
        {rule.text}
      </Text>
      {outcome.kind === 'unbuildable' ? (
        <Text size="sm">{text.notBuilt(outcome.reason)}</Text>
      ) : (
        <Stack gap="sm">
          <Phases outcome={outcome} />
          {outcome.kind === 'failure' && <Text size="sm">{text.notAnswered(outcome.detail)}</Text>}
          {outcome.notes?.map((note) => (
            <Text key={note} size="sm">
              {note}
            </Text>
          ))}
        </Stack>
      )}
      <Tabs defaultValue={outcome.kind === 'response' ? 'answer' : 'request'} mt="md" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="request">{text.tabs.request}</Tabs.Tab>
          <Tabs.Tab value="answer">{text.tabs.answer}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="request" pt="sm">
          <Request delivery={delivery} attempt={attempt} />
        </Tabs.Panel>
        <Tabs.Panel value="answer" pt="sm">
          <Answer outcome={outcome} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function Request({ delivery, attempt: { request } }: Props) {
  if (!request) return <Text size="sm">{text.nothingSent}</Text>;
  const sent = delivery.request;
  return (
    <Stack gap="sm">
      <Text className={classes.line}>
        {request.method} {request.url}
      </Text>
      <Headers headers={request.headers} />
      {sent === null ? (
        <Removed removal={delivery.contentRemoved} />
      ) : sent.body === '' ? (
        <Text size="sm">{text.emptyBody}</Text>
      ) : (
        <CodeView
          label={text.requestBody}
          value={sent.body}
          {...(sent.bodyTruncated && {
            downloadUrl: `/v1/deliveries/${delivery.id}/body`,
            wholeBytes: delivery.bodyBytes ?? 0,
          })}
        />
      )}
    </Stack>
  );
}

function Answer({ outcome }: Pick<Attempt, 'outcome'>) {
  if (outcome.kind === 'unbuildable') return <Text size="sm">{text.nothingSent}</Text>;
  const received = outcome.kind === 'response' ? outcome : outcome.received;
  if (!received) return <Text size="sm">{text.noAnswer}</Text>;
  const { status, headers, body } = received;
  return (
    <Stack gap="sm">
      {outcome.kind === 'failure' && <Text size="sm">{text.partial}</Text>}
      <Text className={classes.line}>{status}</Text>
      <Headers headers={headers} />
      {body.truncated && <Text size="sm">{text.answerCut}</Text>}
      {body.text === '' ? <Text size="sm">{text.emptyBody}</Text> : <CodeView label={text.answerBody} value={body.text} />}
    </Stack>
  );
}

function Headers({ headers }: { readonly headers: Readonly<Record<string, string>> }) {
  return (
    <Table className={classes.headers} withRowBorders={false} verticalSpacing={2}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="35%">{text.header}</Table.Th>
          <Table.Th>{text.value}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {Object.entries(headers).map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>
              {value} {value.includes('***') && <Text span size="xs" c="dimmed">{`(${text.masked})`}</Text>}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
