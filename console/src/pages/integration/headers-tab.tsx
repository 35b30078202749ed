import { Button, CloseButton, Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { IntegrationForm } from './integration-form.tsx';
import { integration } from './strings.ts';

const text = integration.headers;
type Headers = Readonly<Record<string, string>>;

const membersOf = ({ headers }: Schemas['Integration']): { readonly headers: Headers } => ({ headers });

/** The extra headers. Their values are masked by the API, and stay where they are sent back masked. */
export function HeadersTab(props: { readonly integration: Schemas['Integration'] }) {
  return (
    <IntegrationForm
      integration={props.integration}
      membersOf={membersOf}
      isValid={({ headers }) => Object.entries(headers).every(([name, value]) => name !== '' && value !== '')}
    >
      {({ headers }, change, isReadOnly) => (
        <>
          <Text size="sm" c="dimmed">
            {text.hint}
          </Text>
          <Rows
            // what was saved, or taken from somebody else, fills them anew
            key={props.integration.version}
            headers={headers}
            isReadOnly={isReadOnly}
            onChange={(next) => change({ headers: next })}
          />
        </>
      )}
    </IntegrationForm>
  );
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

interface RowsProps {
  readonly headers: Headers;
  readonly isReadOnly: boolean;
  onChange(headers: Headers): void;
}

function Rows({ headers, isReadOnly, onChange }: RowsProps) {
  const [rows, setRows] = useState<readonly Row[]>(() =>
    Object.entries(headers).map(([name, value], id) => ({ id, name, value })),
  );
  const change = (next: readonly Row[]): void => {
    setRows(next);
    onChange(Object.fromEntries(next.map(({ name, value }) => [name.trim(), value])));
  };
  const put = (row: Row): void => change(rows.map((old) => (old.id === row.id ? row : old)));
  const nextId = Math.max(-1, ...rows.map(({ id }) => id)) + 1;
  return (
    <>
      {rows.length === 0 && <Text size="sm">{text.none}</Text>}
      {rows.map((row) => (
        <Group key={row.id} gap="xs" align="flex-end" wrap="nowrap">
          <TextInput
            flex={1}
            label={text.name}
            value={row.name}
            readOnly={isReadOnly}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => put({ ...row, name: event.currentTarget.value })}
          />
          <TextInput
            flex={1}
            label={text.value}
            value={row.value}
            readOnly={isReadOnly}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => put({ ...row, value: event.currentTarget.value })}
          />
          {!isReadOnly && (
            <CloseButton
              size={36}
              aria-label={text.remove(row.name)}
              onClick={() => change(rows.filter(({ id }) => id !== row.id))}
            />
          )}
        </Group>
      ))}
      {!isReadOnly && (
        <Group>
          <Button variant="default" size="sm" onClick={() => change([...rows, { id: nextId, name: '', value: '' }])}>
            {text.add}
          </Button>
        </Group>
      )}
    </>
  );
}
