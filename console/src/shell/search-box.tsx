import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type FormEvent, useRef, useState } from 'react';
import { useKey } from '../keyboard/keys.ts';
import { useLeadsSomewhere } from '../parts/page-link.tsx';
import { useGo } from '../router/use-go.ts';
import { keys } from '../strings/keys.ts';
import { shell as text } from '../strings/shell.ts';

/** One field for anything pasted; the page that it leads to shows what was found. */
export function SearchBox() {
  const leadsSomewhere = useLeadsSomewhere();
  const go = useGo();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  useKey('/', keys.search, () => field.current?.focus());
  if (!leadsSomewhere('/search')) return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const q = trimmed(typed);
    if (q === '') return;
    go({ to: '/search', search: { q } });
    setTyped('');
    field.current?.blur();
  };
  return (
    <search>
      <form onSubmit={submit}>
        <TextInput
          ref={field}
          aria-label={text.search}
          placeholder={text.searchPlaceholder}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          maxLength={4096}
          size="sm"
          w={{ base: '100%', sm: 260 }}
          spellCheck={false}
          autoComplete="off"
        />
      </form>
    </search>
  );
}

/** Without blanks, quotes and brackets around it, and a final comma. */
export function trimmed(pasted: string): string {
  const inner = pasted.trim().replace(/[,;]$/, '').trim();
  return inner.startsWith('{') ? inner : inner.replace(/^["'`([<]+|["'`)\]>]+$/g, '').trim();
}
