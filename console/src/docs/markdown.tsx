import { Box, Table, Typography, UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { memo, type ReactNode, useRef } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeHighlight from 'rehype-highlight';
import rehypeSlug from 'rehype-slug';
import remarkGfm from 'remark-gfm';
import { Link } from 'wouter';
import classes from './docs.module.css';
import { labelOf, resolveLink } from './guides.ts';
import { docs as text } from './strings.ts';

interface Props {
  readonly children: string;
  /** The guide it is of, which links are relative to. */
  readonly guide?: string;
}

/** Our own Markdown as elements of the page; HTML in it is left out. */
export const Markdown = memo(function Markdown({ children, guide = '' }: Props) {
  return (
    <Typography className={classes.prose}>
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={guide === '' ? [rehypeHighlight] : [rehypeSlug, rehypeHighlight]}
        components={{
          ...components,
          a: ({ href = '', children: label }) => <GuideLink guide={guide} href={href} label={label} />,
        }}
      >
        {children}
      </ReactMarkdown>
    </Typography>
  );
});

const components: Components = {
  table: ({ children }) => (
    <Box className={classes.scroller} role="group" aria-label={text.table} tabIndex={0}>
      <Table>{children}</Table>
    </Box>
  ),
  pre: CodeBlock,
};

function GuideLink({ guide, href, label }: { readonly guide: string; readonly href: string; readonly label: ReactNode }) {
  const target = resolveLink(guide, href);
  if (!target) return <>{label}</>;
  if ('url' in target) {
    return (
      <a href={target.url} rel="noreferrer">
        {label}
      </a>
    );
  }
  return <Link href={target.path}>{typeof label === 'string' ? labelOf(target.path, label) : label}</Link>;
}

/** A block of code with its copy button. It can be focused, so that it can be scrolled by keys. */
export function CodeBlock({ children }: { readonly children?: ReactNode }) {
  const place = useRef<HTMLPreElement>(null);
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <div className={classes.code}>
      <Box component="pre" ref={place} role="group" aria-label={text.code} tabIndex={0}>
        {children}
      </Box>
      <UnstyledButton className={classes.copy} onClick={() => clipboard.copy(place.current?.textContent ?? '')}>
        {clipboard.copied ? text.copied : text.copy}
      </UnstyledButton>
    </div>
  );
}
