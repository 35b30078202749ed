import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { skipToken, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { referenceQuery } from './document.ts';
import type { Found } from './search-index.ts';
import { docs as text } from './strings.ts';

const MAX_SHOWN = 20;

/** Finds words in the guides and in the reference. The index is made when the search is opened for the first time. */
export function Search() {
  const [, go] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const { data: reference } = useQuery(referenceQuery);
  const { data: index } = useQuery({
    queryKey: ['search-index'],
    queryFn: reference ? async () => (await import('./search-index.ts')).indexOf(reference) : skipToken,
    enabled: isOpen,
  });
  const wanted = typed.trim();
  const found = index && wanted !== '' ? index.search(wanted).slice(0, MAX_SHOWN) : [];
  const actions = found.map((hit) => actionOf(hit as unknown as Found, go));
  return (
    <Spotlight
      shortcut={['mod + K', '/']}
      query={typed}
      onQueryChange={setTyped}
      onSpotlightOpen={() => setOpen(true)}
      actions={actions}
      filter={() => actions}
      nothingFound={wanted === '' ? text.searchEmpty : text.searchNothing}
      scrollable
      maxHeight={480}
      searchProps={{
        'aria-label': text.search,
        placeholder: text.searchPlaceholder,
        leftSection: <IconSearch size={18} aria-hidden />,
        onKeyDown(event) {
          // Spotlight marks the first one when the text changes, and the index may come after that
          if (event.key === 'Enter' && !document.querySelector('[data-action][data-selected]')) actions[0]?.onClick();
        },
      }}
    />
  );
}

type Action = SpotlightActionData & { readonly onClick: () => void };

function actionOf({ id, title, place }: Found, go: (path: string) => void): Action {
  return {
    id,
    label: title,
    description: place,
    onClick() {
      spotlight.close();
      go(id);
      // a heading of the page that is shown already, or of one that is made with the next frame
      const [, slug] = id.split('#');
      if (slug !== undefined) requestAnimationFrame(() => document.getElementById(slug)?.scrollIntoView());
    },
  };
}
