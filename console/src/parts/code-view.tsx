import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { formattedJson } from '../format/formatted-json.ts';
import { showBytes } from '../format/time.ts';
import { code as text } from '../strings/code.ts';
import { Copy } from './id.tsx';
import { Skeletons } from './skeletons.tsx';

const CodeText = lazy(async () => ({ default: (await import('./code-text.tsx')).CodeText }));

/** What is shown of a body; the rest is downloaded. */
const MAX_SHOWN = 256 * 1024;

interface Props {
  /** What it is, for screen readers and as the name of the file. */
  readonly label: string;
  readonly value: string;
  /** Where the whole text can be downloaded from, when `value` is cut. */
  readonly downloadUrl?: string;
  /** Its size when `value` is cut, in bytes. */
  readonly wholeBytes?: number;
}

/** A body as it was sent or received: read only, as text and never as anything else. Formatted or raw, searchable, to copy. */
export function CodeView({ label, value, downloadUrl, wholeBytes }: Props) {
  const [isRaw, setRaw] = useState(false);
  const bytes = useMemo(() => wholeBytes ?? new Blob([value]).size, [value, wholeBytes]);
  const shown = useMemo(() => value.slice(0, MAX_SHOWN), [value]);
  const formatted = useMemo(() => (isRaw ? undefined : formattedJson(shown)), [shown, isRaw]);
  const isCut = shown.length < value.length || wholeBytes !== undefined;
  return (
    <div>
      <Group gap="xs" mb={6} justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={text.form(label)}
          value={isRaw ? 'raw' : 'formatted'}
          onChange={(form) => setRaw(form === 'raw')}
          data={[
            { value: 'formatted', label: text.formatted },
            { value: 'raw', label: text.raw },
          ]}
        />
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            {isCut ? text.partOf(showBytes(MAX_SHOWN), showBytes(bytes)) : showBytes(bytes)}
          </Text>
          <Copy value={value} label={text.copy(label)} />
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconDownload size={13} aria-hidden />}
            {...(downloadUrl === undefined
              ? { onClick: () => download(label, value) }
              : { component: 'a', href: downloadUrl, download: `${label}.txt` })}
          >
            {text.download}
          </Button>
        </Group>
      </Group>
      <Suspense fallback={<Skeletons rows={6} height={18} />}>
        <CodeText label={label} value={formatted ?? shown} />
      </Suspense>
    </div>
  );
}

function download(label: string, value: string): void {
  const url = URL.createObjectURL(new Blob([value], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${label.toLowerCase().replaceAll(' ', '-')}.txt`;
  link.click();
  URL.revokeObjectURL(url);
}
