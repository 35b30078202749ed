import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useKey } from '../keyboard/keys.ts';
import { useLeadsSomewhere } from '../parts/page-link.tsx';
import { useGo } from '../router/use-go.ts';
import { keys } from '../strings/keys.ts';
import { palette } from '../strings/palette.ts';
import { shell as text } from '../strings/shell.ts';
import { useNavigationPages } from './navigation.tsx';
import { trimmed } from './search-box.tsx';

/** Pages by name, and the search for whatever is typed. */
export function Palette() {
  const go = useGo();
  const pages = useNavigationPages();
  const hasSearch = useLeadsSomewhere()('/search');
  const [typed, setTyped] = useState('');
  useEffect(() => spotlight.open(), []);
  useKey('mod+k', keys.palette, spotlight.toggle);
  const wanted = trimmed(typed);
  const search: readonly SpotlightActionData[] =
    hasSearch && wanted !== ''
      ? [
          {
            id: 'search',
            label: palette.searchFor(wanted),
            leftSection: <IconSearch size={18} aria-hidden />,
            keywords: wanted,
            onClick: () => go({ to: '/search', search: { q: wanted } }),
          },
        ]
      : [];
  const actions = pages.map(({ address, navigation: { label, icon: Icon } }) => ({
    id: address,
    label,
    leftSection: <Icon size={18} stroke={1.75} />,
    onClick: () => go({ to: address }),
  }));
  return (
    <Spotlight
      actions={[...actions, ...search]}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      nothingFound={palette.nothing}
      searchProps={{ 'aria-label': text.search, placeholder: palette.placeholder }}
      filter={(query, all) =>
        (all as SpotlightActionData[]).filter(
          ({ id, label = '' }) => id === 'search' || label.toLowerCase().includes(query.trim().toLowerCase()),
        )
      }
    />
  );
}
