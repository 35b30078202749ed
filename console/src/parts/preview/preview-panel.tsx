import { Box, Group, SegmentedControl, Stack, Table, Tabs, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { preview as text } from '../../strings/preview.ts';
import { CodeView } from '../code-view.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { Skeletons } from '../skeletons.tsx';
import { EventSource, type Source } from './event-source.tsx';
import { type MarkedLine, markedLines } from './marked-lines.ts';
import classes from './preview.module.css';
import type { Previewed } from './use-preview.ts';

interface Props {
  readonly tenantId: string;
  readonly trigger: string;
  readonly previewed: Previewed;
  readonly mapping: Schemas['Mapping'];
  readonly source: Source;
  onSource(source: Source): void;
}

/** What the receiver gets, while it is being decided: body with its changes marked, headers, and the body as it was. */
export function PreviewPanel({ tenantId, trigger, previewed, mapping, source, onSource }: Props) {
  const { preview, problems, error, isOld } = previewed;
  const isStale = isOld && problems.length > 0;
  return (
    <Stack gap="xs" component="section" aria-label={text.title} data-testid="preview" data-old={isOld}>
      <Title order={2} size="h4">
        {text.title}
      </Title>
      <EventSource tenantId={tenantId} trigger={trigger} source={source} onChange={onSource} />
      {error !== null && error !== undefined && <ProblemAlert error={error} />}
      {preview === undefined ? (
        problems.length === 0 && !error && <Skeletons rows={8} height={18} />
      ) : (
        <Box className={isStale ? classes.stale : undefined}>
          <Tabs defaultValue="body" keepMounted={false}>
            <Tabs.List mb="xs">
              <Tabs.Tab value="body">{text.body}</Tabs.Tab>
              <Tabs.Tab value="headers">{text.headers}</Tabs.Tab>
              <Tabs.Tab value="before">{text.before}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="body">
              <Body preview={preview} mapping={mapping} />
            </Tabs.Panel>
            <Tabs.Panel value="headers">
              <Headers preview={preview} />
            </Tabs.Panel>
            <Tabs.Panel value="before">
              <CodeView label={text.beforeLabel} value={preview.unmappedBody} />
            </Tabs.Panel>
          </Tabs>
        </Box>
      )}
      {problems.length > 0 && (
        <Text size="sm" role="status">
          {preview === undefined ? text.problems(problems.length) : text.lastGood(problems.length)}
        </Text>
      )}
      {preview?.filteredOut && !isOld && <Text size="sm">{text.filteredOut(preview.filteredOut)}</Text>}
    </Stack>
  );
}

function Body({ preview: { body, unmappedBody }, mapping }: { preview: Schemas['Preview']; mapping: Schemas['Mapping'] }) {
  const [isExact, setExact] = useState(false);
  const lines = markedLines(unmappedBody, mapping);
  const removed = mapping.remove?.length ?? 0;
  const renamed = Object.keys(mapping.rename ?? {}).length;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={text.form}
          value={isExact || !lines ? 'exact' : 'changes'}
          onChange={(form) => setExact(form === 'exact')}
          data={[
            { value: 'changes', label: text.changes, disabled: !lines },
            { value: 'exact', label: text.exact },
          ]}
        />
        <Text size="xs" c="dimmed">
          {text.counts(removed, renamed)}
        </Text>
      </Group>
      {isExact || !lines ? <CodeView label={text.body} value={body} /> : <Lines lines={lines} />}
    </Stack>
  );
}

const SIGNS = { removed: '-', renamed: '~' } as const;

function Lines({ lines }: { readonly lines: readonly MarkedLine[] }) {
  return (
    // it scrolls, so it must be reachable by keyboard
    <Box
      component="pre"
      className={classes.lines}
      tabIndex={0}
      role="group"
      aria-label={text.body}
      data-testid="preview-lines"
    >
      {lines.map((line, index) => (
        <span key={line.number} className={classes.line} data-mark={line.mark}>
          <span aria-hidden>{line.mark ? SIGNS[line.mark] : ' '} </span>
          {line.mark === 'removed' ? <del>{line.text}</del> : line.text}
          {line.was !== undefined && <i className={classes.note}> {text.was(line.was)}</i>}
          {line.mark === 'removed' && lines[index - 1]?.mark !== 'removed' && (
            <i className={classes.note}> {text.removed}</i>
          )}
          {'\n'}
        </span>
      ))}
    </Box>
  );
}

function Headers({ preview: { method, url, headers } }: { readonly preview: Schemas['Preview'] }) {
  return (
    <Stack gap="xs">
      <Text size="sm" className={classes.mono}>
        {method} {url}
      </Text>
      <Table layout="fixed" withRowBorders={false} aria-label={text.headers}>
        <Table.Tbody>
          {Object.entries(headers).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th className={classes.mono}>{name}</Table.Th>
              <Table.Td className={classes.mono}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
