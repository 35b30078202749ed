import { Button, CopyButton } from '@mantine/core';
import { parts as text } from '../strings/parts.ts';

/** A button with a word that copies a text. */
export function CopyText({ value, children }: { readonly value: string; readonly children: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Button size="compact-sm" variant="default" onClick={copy}>
          {copied ? text.copied : children}
        </Button>
      )}
    </CopyButton>
  );
}
