import { IconChevronLeft } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useKey } from '../keyboard/keys.ts';
import { useGo } from '../router/use-go.ts';
import { keys } from '../strings/keys.ts';
import classes from './back-link.module.css';
import { PageLink, type Target } from './page-link.tsx';

/** From an object back to its list: with the filter one came with, where one came from the list; `Esc` does the same. */
export function BackLink({ target, children }: { readonly target: Target; readonly children: string }) {
  const router = useRouter();
  const go = useGo();
  useKey('Escape', keys.back, () => {
    if (router.history.canGoBack()) router.history.back();
    else go(target);
  });
  return (
    <PageLink target={target} className={classes.back} c="dimmed" underline="hover">
      <IconChevronLeft size={14} aria-hidden /> {children}
    </PageLink>
  );
}
