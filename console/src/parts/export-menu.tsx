import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { paths } from '../../../client/generated/api.ts';
import { exports as text } from '../strings/exports.ts';

type ExportPath = Extract<keyof paths, `${string}/export`>;

interface Props {
  readonly path: ExportPath;
  /** The filter of the list as it stands, and its tenant. */
  readonly query: Readonly<Record<string, string | number | undefined>>;
}

/** Downloads all that a list finds, which may be more than it shows. The browser does it, with the cookie of the session. */
export function ExportMenu({ path, query }: Props) {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  const hrefOf = (format: string): string => `${path}?${new URLSearchParams([...given, ['format', format]])}`;
  return (
    <Menu position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <Button size="sm" variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {text.label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{text.note}</Menu.Label>
        {(['csv', 'ndjson'] as const).map((format) => (
          <Menu.Item key={format} component="a" href={hrefOf(format)} download>
            {text.formats[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
