import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { PageTitle } from '../parts/page-title.tsx';
import classes from './docs.module.css';
import { GUIDES, loadGuide } from './guides.ts';
import { Loading } from './loading.tsx';
import { Markdown } from './markdown.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { type Section, sectionsOf } from './sections.ts';
import { docs as text } from './strings.ts';

/** One guide of `docs/`, with its headings beside it. */
export function GuidePage({ name }: { readonly name: string }) {
  const query = useQuery({ queryKey: ['guide', name], queryFn: () => loadGuide(name), retry: false });
  if (!GUIDES.some((guide) => guide.name === name)) return <NotFoundPage />;
  return <Loading query={query}>{(markdown) => <Shown name={name} markdown={markdown} />}</Loading>;
}

function Shown({ name, markdown }: { readonly name: string; readonly markdown: string }) {
  const sections = useMemo(() => sectionsOf(markdown), [markdown]);
  useEffect(() => {
    // the place was not there when the browser looked for it
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }, []);
  return (
    <div className={classes.columns}>
      <article>
        <PageTitle>{sections[0]?.title ?? name}</PageTitle>
        <Markdown guide={name}>{markdown.slice(markdown.indexOf('\n') + 1)}</Markdown>
      </article>
      <Contents sections={sections.filter(({ level }) => level === 2 || level === 3)} />
    </div>
  );
}

function Contents({ sections }: { readonly sections: readonly Section[] }) {
  return (
    <nav className={`${classes.aside} ${classes.contents}`} aria-label={text.onThisPage}>
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        {text.onThisPage}
      </Text>
      <ul>
        {sections.map(({ slug, title, level }) => (
          <li key={slug} data-level={level}>
            <a href={`#${slug}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
