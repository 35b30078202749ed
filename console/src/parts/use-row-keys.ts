import { type RefObject, useEffect } from 'react';
import { useKey } from '../keyboard/keys.ts';
import { keys as text } from '../strings/keys.ts';

/** The row that was opened last, so that the list has it focused when one comes back. */
let lastOpened: string | undefined;

/** `j k` walk through the rows of a table, `x` selects one; `Enter` and `Ctrl Enter` are the link's own. */
export function useRowKeys(place: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const table = place.current;
    if (!table) return undefined;
    const row =
      lastOpened === undefined ? null : table.querySelector<HTMLElement>(`[data-row="${CSS.escape(lastOpened)}"]`);
    row?.querySelector<HTMLElement>('[data-row-link]')?.focus();
    lastOpened = undefined;
    const note = ({ target }: Event): void => {
      const { row: key } = (target as HTMLElement).closest<HTMLElement>('[data-row]')?.dataset ?? {};
      if (key !== undefined) lastOpened = key;
    };
    table.addEventListener('click', note, { capture: true });
    return () => table.removeEventListener('click', note, { capture: true });
  }, [place]);
  const walk = (step: 1 | -1): void => {
    const links = [...(place.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = at === -1 ? links[step === 1 ? 0 : links.length - 1] : links[at + step];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  };
  useKey('j', text.nextRow, () => walk(1));
  useKey('k', text.previousRow, () => walk(-1));
  useKey('x', text.selectRow, () => {
    const row = document.activeElement?.closest('[data-row]');
    row?.querySelector<HTMLInputElement>('[data-row-box]')?.click();
  });
}
