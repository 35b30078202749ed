import { type Node, parseTree } from 'jsonc-parser';
import type { Schemas } from '../../../../client/index.ts';
import { formattedJson } from '../../format/formatted-json.ts';

type Mapping = Schemas['Mapping'];

/** A line of a body, as it was before the mapping, with what the mapping does to it. */
export interface MarkedLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly mark?: 'removed' | 'renamed';
  /** The name that a renamed field had. */
  readonly was?: string;
}

interface Change {
  readonly from: number;
  readonly to: number;
  /** Where its name is in the text; undefined: it is removed. */
  readonly renamed?: { readonly start: number; readonly end: number; readonly name: string; readonly was: string };
}

/** The body with the changes of a mapping marked, in its order; undefined for a body that is no JSON object. */
export function markedLines(unmapped: string, mapping: Mapping): readonly MarkedLine[] | undefined {
  const text = formattedJson(unmapped);
  const root = text === undefined ? undefined : parseTree(text);
  if (text === undefined || root?.type !== 'object') return undefined;
  const starts = lineStarts(text);
  const lineOf = (offset: number): number => {
    const next = starts.findIndex((start) => start > offset);
    return (next === -1 ? starts.length : next) - 1;
  };
  const lines: MarkedLine[] = text.split('\n').map((line, index) => ({ number: index + 1, text: line }));
  for (const { from, to, renamed } of changesOf(root, mapping)) {
    const at = lineOf(from);
    const line = lines[at];
    if (!line) continue;
    if (!renamed) {
      for (let below = at; below <= lineOf(to - 1); below++) {
        lines[below] = { number: below + 1, text: lines[below]?.text ?? '', mark: 'removed' };
      }
    } else if (line.mark !== 'removed') {
      const start = starts[at] ?? 0;
      const name =
        line.text.slice(0, renamed.start - start) + JSON.stringify(renamed.name) + line.text.slice(renamed.end - start);
      lines[at] = { number: line.number, text: name, mark: 'renamed', was: renamed.was };
    }
  }
  return lines;
}

function changesOf(root: Node, { rename = {}, remove = [] }: Mapping): readonly Change[] {
  const removed = remove.flatMap((name) => propertyAt(root, name) ?? []);
  const renamed = Object.entries(rename).flatMap(([name, to]): Change[] => {
    const property = propertyAt(root, name);
    const key = property?.children?.[0];
    if (!property || !key) return [];
    const found = { start: key.offset, end: key.offset + key.length, name: to, was: String(key.value) };
    return [{ from: property.offset, to: property.offset + property.length, renamed: found }];
  });
  // what is removed stays marked so, also where something in it is renamed
  return [...removed.map(({ offset, length }) => ({ from: offset, to: offset + length })), ...renamed];
}

/** The member that a mapping names: by its name at the top, by a JSON Pointer below it. */
function propertyAt(root: Node, name: string): Node | undefined {
  let value: Node | undefined = root;
  let property: Node | undefined;
  for (const token of tokensOf(name)) {
    const isList: boolean = value?.type === 'array';
    property = isList ? undefined : value?.children?.find(({ children }) => children?.[0]?.value === token);
    value = isList ? value?.children?.[Number(token)] : property?.children?.[1];
  }
  return property;
}

export function tokensOf(name: string): readonly string[] {
  if (!name.startsWith('/')) return [name];
  return name
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
