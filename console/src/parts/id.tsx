import { ActionIcon, CopyButton, Group, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { parts as text } from '../strings/parts.ts';
import classes from './parts.module.css';

interface Props {
  readonly value: string;
  /** What stands in the place of the value: a link to the object. */
  readonly children?: ReactNode;
  /** Shows the kind and the last digits, which differ; the rest is in the title and is copied. */
  readonly short?: boolean;
}

/** An id, with a button that copies it. */
export function Id({ value, children, short = false }: Props) {
  return (
    <Group gap={2} wrap="nowrap" display="inline-flex" className={classes.id}>
      <span title={value}>{children ?? (short ? shortId(value) : value)}</span>
      <Copy value={value} />
    </Group>
  );
}

/** `dlv_…a2f09c`. */
export function shortId(value: string): string {
  const [kind = '', rest] = value.split('_');
  return rest === undefined || rest.length <= 8 ? value : `${kind}_…${rest.slice(-6)}`;
}

/** A button that copies a text. Where a frame may not, the text is selected instead. */
export function Copy({ value, label = text.copyId(value) }: { readonly value: string; readonly label?: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy, error }: { copied: boolean; copy: () => void; error?: Error | null }) => (
        <Tooltip label={copied ? text.copied : text.copy}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={20}
            aria-label={copied ? text.copied : label}
            onClick={(event) => {
              event.stopPropagation();
              event.preventDefault();
              copy();
              if (error || !navigator.clipboard) selectBeside(event.currentTarget);
            }}
          >
            {copied ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

function selectBeside(button: HTMLElement): void {
  const beside = button.previousElementSibling;
  if (beside) getSelection()?.selectAllChildren(beside);
}
