import { Stack, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { BackLink } from '../../parts/back-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { withFrozenRange } from '../../router/time-range.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { DryRun } from './dry-run.tsx';
import { How } from './how.tsx';
import { sourceOf } from './source.ts';
import { newReplay as text } from './strings.ts';
import type { Mode } from './use-dry-run.ts';
import { What } from './what.tsx';

const DEFAULT_RATE = 10;

/** What is sent again, in which form and how fast; counted before the button that starts it is there. */
export function Page() {
  const [query, change] = useQueryString();
  // a relative range is frozen once: what is counted and what is sent must not move
  const isRelative = query.last !== undefined;
  useEffect(() => {
    if (!isRelative) return;
    const { after, before } = withFrozenRange(query);
    void change({ last: undefined, after, before }, { replace: true });
  }, [isRelative, query, change]);
  return (
    <Stack gap="lg">
      <div>
        <BackLink target={{ to: '/replays' }}>{text.back}</BackLink>
        <PageTitle>{text.title}</PageTitle>
      </div>
      {!isRelative && <TenantNeeded>{(tenantId) => <Form tenantId={tenantId} />}</TenantNeeded>}
    </Stack>
  );
}

function Form({ tenantId }: { readonly tenantId: string }) {
  const [query] = useQueryString();
  const source = sourceOf(query);
  const mode: Mode = query.mode === 'fresh' ? 'fresh' : 'same';
  const [rate, setRate] = useState<number | undefined>(DEFAULT_RATE);
  const [name, setName] = useState('');
  return (
    <>
      <section aria-labelledby="what">
        <Title order={2} id="what" mb="xs">
          {text.what}
        </Title>
        <What tenantId={tenantId} source={source} mode={mode} />
      </section>
      <section aria-labelledby="how">
        <Title order={2} id="how" mb="xs">
          {text.how}
        </Title>
        <How source={source} mode={mode} rate={rate} name={name} onRate={setRate} onName={setName} />
      </section>
      <DryRun
        tenantId={tenantId}
        source={source}
        mode={mode}
        rate={rate}
        name={name.trim() || text.defaultName[source.kind]}
      />
    </>
  );
}
