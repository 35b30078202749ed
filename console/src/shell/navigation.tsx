import { NavLink, Stack, Text } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import type { Page } from '../router/page.ts';
import { PAGES } from '../router/pages.ts';
import { useCan } from '../session/me.ts';
import { shell as text } from '../strings/shell.ts';
import classes from './shell.module.css';

type Placed = Page & { readonly navigation: NonNullable<Page['navigation']> };

/** The pages in the navigation that the role may see, in their order. */
export function useNavigationPages(): readonly Placed[] {
  const can = useCan();
  return PAGES.filter((page): page is Placed => page.navigation !== undefined && can(...page.needs)).toSorted(
    (a, b) => a.navigation.order - b.navigation.order,
  );
}

/** Links to the pages by groups. A group without a page is absent. */
export function Navigation({ onFollow }: { readonly onFollow: () => void }) {
  const pages = useNavigationPages();
  const { tenant } = useSearch({ strict: false });
  return (
    <Stack gap="md">
      {(['work', 'setup', 'installation'] as const).map((group) => {
        const placed = pages.filter(({ navigation }) => navigation.group === group);
        if (placed.length === 0) return null;
        return (
          <div key={group}>
            <Text size="xs" fw={600} c="dimmed" px="xs" mb={4}>
              {text.groups[group]}
            </Text>
            {placed.map(({ address, navigation: { label, icon: Icon } }) => (
              <NavLink
                key={address}
                className={classes.link}
                component={Link}
                to={address}
                search={(tenant ? { tenant } : {}) as never}
                activeProps={{ 'data-active': true, 'aria-current': 'page' } as object}
                label={label}
                leftSection={<Icon size={18} stroke={1.75} />}
                onClick={onFollow}
                px="xs"
                py={6}
              />
            ))}
          </div>
        );
      })}
    </Stack>
  );
}
