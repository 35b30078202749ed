import { Select, Title } from '@mantine/core';
import { useState } from 'react';
import type { Content } from './document.ts';
import { CodeBlock } from './markdown.tsx';
import { docs as text } from './strings.ts';

export interface Example {
  readonly name: string;
  readonly label: string;
  /** JSON, formatted; or text as it is. */
  readonly value: string;
}

export function examplesOf(content: Content | undefined): readonly Example[] {
  return Object.entries(content?.examples ?? {}).map(([name, { summary, value }]) => ({
    name,
    label: summary ?? name,
    value: typeof value === 'string' ? value : JSON.stringify(value, null, 2),
  }));
}

/** One of several examples, to be chosen by its name. */
export function Examples({ title, examples }: { readonly title: string; readonly examples: readonly Example[] }) {
  const [chosen, choose] = useState<string | null>(null);
  const shown = examples.find(({ name }) => name === chosen) ?? examples[0];
  if (!shown) return null;
  return (
    <section>
      <Title order={2} my="xs">
        {title}
      </Title>
      {examples.length > 1 && (
        <Select
          aria-label={text.examples}
          size="xs"
          mb="xs"
          allowDeselect={false}
          value={shown.name}
          onChange={choose}
          data={examples.map(({ name, label }) => ({ value: name, label }))}
        />
      )}
      <CodeBlock>
        <code>{shown.value}</code>
      </CodeBlock>
    </section>
  );
}
