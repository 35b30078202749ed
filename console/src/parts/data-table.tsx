import { Checkbox, Table } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import { usePreferences } from '../preferences.ts';
import { useGo } from '../router/use-go.ts';
import { parts as text } from '../strings/parts.ts';
import { ChangingCell } from './changing-cell.tsx';
import classes from './data-table.module.css';
import { rememberRows } from './neighbours.ts';
import { PageLink, type Target, useLeadsSomewhere } from './page-link.tsx';
import { useRowKeys } from './use-row-keys.ts';

export interface Column<T> {
  readonly id: string;
  readonly head: ReactNode;
  cell(row: T): ReactNode;
  readonly isNumber?: boolean;
  /** Takes the width that is left, and is cut there. */
  readonly isWide?: boolean;
}

export interface Selection {
  readonly keys: ReadonlySet<string>;
  onChange(keys: ReadonlySet<string>): void;
}

interface RowsProps<T> extends Omit<DataTableProps<T>, 'linkOf' | 'isList'> {
  readonly linkOf: ((row: T) => Target | undefined) | undefined;
}

export interface DataTableProps<T> {
  /** Its name for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  keyOf(row: T): string;
  /** Where the row leads to. Its first column becomes the link. */
  linkOf?(row: T): Target;
  /** Two lines for narrow screens: state, what and time; where to and why. */
  narrow(row: T): readonly [first: ReactNode, second: ReactNode];
  readonly selection?: Selection;
  /** Rows that are no longer part of the list, dimmed until it is loaded again. */
  isStale?(row: T): boolean;
  /** A colour at the left edge, as a CSS value. */
  edgeOf?(row: T): string | undefined;
  /** Whether `[` and `]` step through its rows on the pages that they lead to. */
  readonly isList?: boolean;
  /** Narrower than this it scrolls sideways, in pixels. Default: 640. */
  readonly minWidth?: number;
  /** A line below a row, over its whole width. */
  below?(row: T): ReactNode;
}

const NARROW = '(max-width: 48em)';

/** The only table of the console: rows that are links, selected by boxes, walked through by keys; two lines each on phones. */
export function DataTable<T>({ linkOf: wanted, isList = false, ...props }: DataTableProps<T>) {
  const leadsSomewhere = useLeadsSomewhere();
  const linkOf = wanted && ((row: T) => (leadsSomewhere(wanted(row).to) ? wanted(row) : undefined));
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const place = useRef<HTMLDivElement>(null);
  useRowKeys(place);
  const keys = props.rows.map(props.keyOf);
  useEffect(() => {
    if (isList) rememberRows(keys);
  });
  return (
    <div ref={place}>{isNarrow ? <NarrowRows {...props} linkOf={linkOf} /> : <WideRows {...props} linkOf={linkOf} />}</div>
  );
}

function WideRows<T>({
  label,
  columns,
  rows,
  keyOf,
  linkOf,
  selection,
  isStale,
  edgeOf,
  below,
  minWidth = 640,
}: RowsProps<T>) {
  const { density } = usePreferences();
  const go = useGo();
  const keys = rows.map(keyOf);
  const open = (event: MouseEvent, target: Target): void => {
    const isOwn = (event.target as HTMLElement).closest('a, button, input, label');
    if (isOwn || getSelection()?.type === 'Range') return;
    const link = event.currentTarget.querySelector<HTMLAnchorElement>('[data-row-link]');
    if (event.ctrlKey || event.metaKey) window.open(link?.href, '_blank', 'noopener');
    else go(target);
  };
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native">
      <Table className={classes.table} data-density={density} aria-label={label} highlightOnHover={linkOf !== undefined}>
        <Table.Thead>
          <Table.Tr>
            {selection && (
              <Table.Th w={36}>
                <Checkbox
                  size="xs"
                  aria-label={text.selectAll}
                  checked={keys.length > 0 && keys.every((key) => selection.keys.has(key))}
                  indeterminate={
                    keys.some((key) => selection.keys.has(key)) && !keys.every((key) => selection.keys.has(key))
                  }
                  onChange={(event) => selection.onChange(new Set(event.currentTarget.checked ? keys : []))}
                />
              </Table.Th>
            )}
            {columns.map(({ id, head, isNumber, isWide }) => (
              <Table.Th key={id} data-number={isNumber || undefined} data-wide={isWide || undefined} scope="col">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        {rows.map((row) => {
          const key = keyOf(row);
          const target = linkOf?.(row);
          const beneath = below?.(row);
          const edge = edgeOf?.(row);
          return (
            <Table.Tbody key={key} className={classes.rowGroup}>
              <Table.Tr
                data-row={key}
                data-stale={isStale?.(row) || undefined}
                data-link={target !== undefined || undefined}
                data-continued={beneath ? true : undefined}
                style={edge === undefined ? undefined : { boxShadow: `inset 3px 0 0 ${edge}` }}
                onClick={target && ((event) => open(event, target))}
              >
                {selection && (
                  <Table.Td>
                    <RowBox rowKey={key} selection={selection} />
                  </Table.Td>
                )}
                {columns.map(({ id, cell, isNumber, isWide }, index) => (
                  <ChangingCell key={id} data-number={isNumber || undefined} data-wide={isWide || undefined}>
                    {index === 0 && target ? <RowLink target={target}>{cell(row)}</RowLink> : cell(row)}
                  </ChangingCell>
                ))}
              </Table.Tr>
              {beneath && (
                <Table.Tr style={edge === undefined ? undefined : { boxShadow: `inset 3px 0 0 ${edge}` }}>
                  {selection && <Table.Td />}
                  <Table.Td colSpan={columns.length} className={classes.below}>
                    {beneath}
                  </Table.Td>
                </Table.Tr>
              )}
            </Table.Tbody>
          );
        })}
      </Table>
    </Table.ScrollContainer>
  );
}

function NarrowRows<T>({ label, rows, keyOf, linkOf, narrow, selection, isStale, edgeOf, below }: RowsProps<T>) {
  return (
    <ul className={classes.list} aria-label={label}>
      {rows.map((row) => {
        const key = keyOf(row);
        const target = linkOf?.(row);
        const [first, second] = narrow(row);
        const edge = edgeOf?.(row);
        return (
          <li
            key={key}
            data-row={key}
            data-stale={isStale?.(row) || undefined}
            className={classes.item}
            style={edge === undefined ? undefined : { boxShadow: `inset 3px 0 0 ${edge}` }}
          >
            {selection && <RowBox rowKey={key} selection={selection} />}
            <div className={classes.lines}>
              {target ? <RowLink target={target}>{first}</RowLink> : <div>{first}</div>}
              <div className={classes.second}>{second}</div>
              {below?.(row)}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function RowLink({ target, children }: { readonly target: Target; readonly children: ReactNode }) {
  return (
    <PageLink target={target} className={classes.rowLink} underline="never" c="inherit" data-row-link>
      {children}
    </PageLink>
  );
}

function RowBox({ rowKey, selection: { keys, onChange } }: { readonly rowKey: string; readonly selection: Selection }) {
  return (
    <Checkbox
      size="xs"
      data-row-box
      aria-label={text.selectRow(rowKey)}
      checked={keys.has(rowKey)}
      onChange={(event) => {
        const next = new Set(keys);
        if (event.currentTarget.checked) next.add(rowKey);
        else next.delete(rowKey);
        onChange(next);
      }}
    />
  );
}
