import { ActionIcon, AppShell, Burger, Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import classes from './docs.module.css';
import { GuidePage } from './guide-page.tsx';
import { Navigation } from './navigation.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { OperationPage } from './operation-page.tsx';
import { Search } from './search.tsx';
import { StartPage } from './start-page.tsx';
import { docs as text } from './strings.ts';

/** Everything at `/docs`. */
export function Site() {
  const [isOpen, navigation] = useDisclosure();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 272, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
      transitionDuration={0}
    >
      <a className={classes.skip} href="#content">
        {text.skip}
      </a>
      <AppShell.Header>
        <div className={classes.header}>
          <Burger
            hiddenFrom="sm"
            size="sm"
            opened={isOpen}
            onClick={navigation.toggle}
            aria-label={isOpen ? text.closeNavigation : text.openNavigation}
          />
          <Link href="/" className={classes.brand}>
            {`${text.product} ${text.title.toLowerCase()}`}
          </Link>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconSearch size={16} aria-hidden />}
            onClick={spotlight.open}
            visibleFrom="xs"
          >
            {text.search}
          </Button>
          <ActionIcon variant="default" size="lg" hiddenFrom="xs" aria-label={text.search} onClick={spotlight.open}>
            <IconSearch size={18} aria-hidden />
          </ActionIcon>
          <SchemeSwitch />
          <Button component="a" href="/console" variant="subtle" color="gray" size="xs" visibleFrom="sm">
            {text.console}
          </Button>
        </div>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={text.navigation} style={{ overflowY: 'auto' }}>
        <Navigation onFollow={navigation.close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <div id="content" className={classes.content}>
          <Pages />
        </div>
      </AppShell.Main>
      <Search />
    </AppShell>
  );
}

function Pages() {
  const [path] = useLocation();
  useEffect(() => {
    if (path && location.hash === '') window.scrollTo(0, 0);
  }, [path]);
  return (
    <Switch>
      <Route path="/">
        <StartPage />
      </Route>
      <Route path="/guides/*">{({ '*': name }) => <GuidePage key={name} name={name ?? ''} />}</Route>
      <Route path="/api/:id">{({ id }) => <OperationPage key={id} id={id} />}</Route>
      <Route>
        <NotFoundPage />
      </Route>
    </Switch>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={isDark ? text.toLight : text.toDark}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
    </ActionIcon>
  );
}
