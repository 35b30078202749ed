import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { paths } from '../../../client/generated/api.ts';
import type { Schemas } from '../../../client/index.ts';
import { api, dataOf } from '../api/client.ts';
import type { Address } from '../router/addresses.ts';
import { audit as text, wordsOf } from '../strings/audit.ts';
import type { Column } from './data-table.tsx';
import { Id, shortId } from './id.tsx';
import { Listed } from './listed.tsx';
import { PageLink } from './page-link.tsx';
import { Time } from './time.tsx';
import { useList } from './use-list.ts';

type Entry = Schemas['AuditEntry'];
type AuditQuery = NonNullable<paths['/v1/audit']['get']['parameters']['query']>;

interface Props {
  /** Members of the query of `GET /v1/audit`; the API refuses wrong ones. */
  readonly filter: Readonly<Record<string, string>>;
  readonly empty: ReactNode;
}

/** Who changed what, with the values before and after. */
export function AuditEntries({ filter, empty }: Props) {
  const list = useList(['audit', filter], (page, signal) =>
    dataOf(api.GET('/v1/audit', { params: { query: { ...(filter as AuditQuery), ...page } }, signal })),
  );
  return (
    <Listed
      list={list}
      empty={empty}
      label={text.title}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      below={(entry) => <Changes entry={entry} />}
      narrow={(entry) => [
        <>
          <span key="action">{wordsOf(entry.action)}</span> <Time key="at" at={entry.at} />
        </>,
        <>
          {byOf(entry)} <Changes key="changes" entry={entry} />
        </>,
      ]}
    />
  );
}

const COLUMNS: readonly Column<Entry>[] = [
  { id: 'at', head: text.columns.at, cell: ({ at }) => <Time at={at} /> },
  { id: 'action', head: text.columns.action, cell: ({ action }) => wordsOf(action) },
  { id: 'target', head: text.columns.target, cell: (entry) => <Target entry={entry} /> },
  { id: 'by', head: text.columns.by, isWide: true, cell: byOf },
];

/** Pages of objects, by the kinds of targets. */
const PAGES: Readonly<Partial<Record<Entry['target']['kind'], Address>>> = {
  tenant: '/tenants/$id',
  template: '/templates/$id',
  integration: '/integrations/$id',
  subscription: '/subscriptions/$id',
  endpoint: '/endpoints/$id',
  delivery: '/deliveries/$id',
  deadLetter: '/dead-letters/$id',
  replay: '/replays/$id',
};

function Target({ entry: { target } }: { readonly entry: Entry }) {
  const to = PAGES[target.kind];
  return (
    <Id value={target.id} short>
      {to ? <PageLink target={{ to, params: { id: target.id } }}>{shortId(target.id)}</PageLink> : shortId(target.id)}
    </Id>
  );
}

function byOf({ actor: { id, name, role } }: Entry): string {
  return id === 'system' ? text.system : text.by(name ?? shortId(id), role);
}

const MOST_MEMBERS = 6;
const MOST_LENGTH = 120;

/** A line for each member: as it was, and as it is since. */
function Changes({ entry: { before, after } }: { readonly entry: Entry }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (names.length === 0) return null;
  const lines = names.slice(0, MOST_MEMBERS).map((name) => {
    if (before === null || after === null) return text.set(name, show((after ?? before)?.[name]));
    return text.changed(name, show(before[name]), show(after[name]));
  });
  if (names.length > MOST_MEMBERS) lines.push(text.more(names.length - MOST_MEMBERS));
  return (
    <div>
      {lines.map((line) => (
        <Text key={line} size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {line}
        </Text>
      ))}
    </div>
  );
}

function show(value: unknown): string {
  const shown = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return shown.length > MOST_LENGTH ? `${shown.slice(0, MOST_LENGTH)}…` : shown;
}
