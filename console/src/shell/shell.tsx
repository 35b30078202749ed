import { AppShell, Burger, SegmentedControl, Stack } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useIsFetching, useQuery } from '@tanstack/react-query';
import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { KeyList } from '../keyboard/key-list.tsx';
import { useKey } from '../keyboard/keys.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { Skeletons } from '../parts/skeletons.tsx';
import { isPortal } from '../portal/place.ts';
import { PortalClosed, VisitEnded } from '../portal/portal-ended.tsx';
import { setPreferences, usePreferences } from '../preferences.ts';
import { useGo } from '../router/use-go.ts';
import { type Me, meQuery } from '../session/me.ts';
import { SessionEnded, SessionEndsSoon } from '../session/session-end.tsx';
import { keys } from '../strings/keys.ts';
import { session } from '../strings/session.ts';
import { shell as text } from '../strings/shell.ts';
import { Banners } from './banners.tsx';
import { Navigation, useNavigationPages } from './navigation.tsx';
import { SearchBox } from './search-box.tsx';
import classes from './shell.module.css';
import { SignInPage } from './sign-in-page.tsx';

// after the first paint: nobody opens a menu sooner
const AccountMenu = lazy(async () => ({ default: (await import('./account-menu.tsx')).AccountMenu }));
const TenantChoice = lazy(async () => ({ default: (await import('./tenant-choice.tsx')).TenantChoice }));
const RunningReplays = lazy(async () => ({ default: (await import('./running-replays.tsx')).RunningReplays }));
const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

/** What is around every page; the sign-in page while nobody is signed in. */
export function Shell() {
  const { data: me, error, refetch } = useQuery(meQuery);
  const [lastMe, setLastMe] = useState<Me>();
  const { pathname, searchStr } = useLocation();
  if (me && me !== lastMe) setLastMe(me);
  const shown = me ?? lastMe;
  if (isPortal && !shown && (error instanceof ApiError || me === null)) return <PortalClosed error={error} />;
  if (error && !shown) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (me === undefined && !shown) return <Skeletons />;
  if (pathname === '/sign-in' && !isPortal) return <SignInPage me={me ?? undefined} />;
  if (!shown) {
    const to = `${pathname}${searchStr}`;
    return <Navigate to="/sign-in" search={(to === '/' ? {} : { to }) as never} replace />;
  }
  return (
    <>
      <SignedIn me={shown} />
      {isPortal ? <VisitEnded hadVisit={lastMe !== undefined} /> : <SessionEnded hadSession={lastMe !== undefined} />}
    </>
  );
}

function SignedIn({ me }: { readonly me: Me }) {
  const [isNavigationOpen, navigation] = useDisclosure();
  const [isListOpen, list] = useDisclosure();
  const [hasPalette, setHasPalette] = useState(false);
  const isNarrow = useMediaQuery('(max-width: 48em)', false);
  const isFetching = useIsFetching({ predicate: ({ queryKey }) => !QUIET.has(String(queryKey[0])) }) > 0;
  useKey('mod+k', keys.palette, () => setHasPalette(true), !hasPalette);
  useKey('?', keys.list, list.open);
  const controls = (
    <>
      <SearchBox />
      <Suspense fallback={<div className={classes.tenantPlace} data-shown={me.tenant === null || undefined} />}>
        <TenantChoice />
      </Suspense>
      <ZoneSwitch />
    </>
  );
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isNavigationOpen } }}
      padding="md"
      transitionDuration={0}
    >
      <a className={classes.skip} href="#content">
        {text.skip}
      </a>
      {isFetching && <div className={classes.progress} aria-hidden />}
      <AppShell.Header>
        <div className={classes.header}>
          <Burger
            hiddenFrom="sm"
            size="sm"
            opened={isNavigationOpen}
            onClick={navigation.toggle}
            aria-label={isNavigationOpen ? text.closeNavigation : text.openNavigation}
          />
          <Link to="/" className={classes.brand}>
            {me.portal?.theme.logo && <img src={me.portal.theme.logo} alt="" className={classes.logo} />}
            {me.portal?.theme.name ?? text.product}
          </Link>
          <Suspense>
            <RunningReplays />
          </Suspense>
          {!isNarrow && controls}
          <Suspense fallback={<div className={classes.menuPlace} />}>
            <AccountMenu me={me} onKeys={list.open} />
          </Suspense>
        </div>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={text.navigation}>
        {isNarrow && <Stack mb="md">{controls}</Stack>}
        <Navigation onFollow={navigation.close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <Banners />
        <SessionEndsSoon me={me} />
        <div id="content" className={classes.content}>
          {me.role === 'producer' ? <ProducerPage /> : <Outlet />}
        </div>
      </AppShell.Main>
      <GoKeys />
      <KeyList isOpen={isListOpen} onClose={list.close} />
      {hasPalette && (
        <Suspense>
          <Palette />
        </Suspense>
      )}
    </AppShell>
  );
}

/** What is asked for by the shell itself, or every other second, shows no progress. */
const QUIET = new Set(['me', 'readiness', 'console-config', 'tenants', 'running-replays', 'replay']);

function ProducerPage() {
  return (
    <>
      <PageTitle>{session.producerTitle}</PageTitle>
      {session.producer}
    </>
  );
}

/** `g` and the key of a page. */
function GoKeys() {
  return useNavigationPages().map(({ address, navigation: { key, label } }) =>
    key === undefined ? null : <GoKey key={address} keys={`g ${key}`} label={keys.goTo(label)} address={address} />,
  );
}

function GoKey(props: {
  readonly keys: string;
  readonly label: string;
  readonly address: Parameters<ReturnType<typeof useGo>>[0]['to'];
}) {
  const go = useGo();
  useKey(props.keys, props.label, () => go({ to: props.address }));
  return null;
}

function ZoneSwitch() {
  const { zone } = usePreferences();
  return (
    <SegmentedControl
      aria-label={text.zone}
      size="xs"
      value={zone}
      onChange={(value) => setPreferences({ zone: value as typeof zone })}
      data={(['local', 'utc'] as const).map((value) => ({ value, label: text.zones[value] }))}
    />
  );
}
