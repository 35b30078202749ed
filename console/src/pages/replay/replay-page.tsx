import { Stack } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { BackLink } from '../../parts/back-link.tsx';
import { Explained } from '../../parts/explained.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Id, shortId } from '../../parts/id.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { replaySentence } from '../../parts/replay-sentence.ts';
import { Time } from '../../parts/time.tsx';
import { usePreferences } from '../../preferences.ts';
import { useSeesAllTenants } from '../../session/me.ts';
import { Controls } from './controls.tsx';
import { Items } from './items.tsx';
import { Progress } from './progress.tsx';
import { replay as text } from './strings.ts';
import { type Replay, useReplay } from './use-replay.ts';

/** How far is the replay? */
export function Page() {
  const { id = '' } = useParams({ strict: false });
  const query = useReplay(id);
  return <Loaded query={query}>{(replay) => <Shown replay={replay} readAtMs={query.dataUpdatedAt} />}</Loaded>;
}

function Shown({ replay, readAtMs }: { readonly replay: Replay; readonly readAtMs: number }) {
  const { zone } = usePreferences();
  const seesAll = useSeesAllTenants();
  const { id, name, mode, filter, tenantId, createdAt, endedAt, createdBy } = replay;
  const search = { tenant: seesAll ? tenantId : undefined };
  return (
    <Stack gap="lg">
      <div>
        <BackLink target={{ to: '/replays', search }}>{text.back}</BackLink>
        <PageTitle actions={<Controls replay={replay} />}>{name}</PageTitle>
        <Facts
          facts={[
            [text.of, <Id key="id" value={id} />],
            [
              text.tenant,
              seesAll && (
                <PageLink key="tenant" target={{ to: '/tenants/$id', params: { id: tenantId } }}>
                  {shortId(tenantId)}
                </PageLink>
              ),
            ],
            [text.form, text.modes[mode]],
            [text.started, <Time key="started" at={createdAt} />],
            [text.ended, endedAt !== null && <Time key="ended" at={endedAt} />],
            [text.by, <Id key="by" value={createdBy} short />],
            [
              text.endpoint,
              filter.endpointId && (
                <PageLink key="endpoint" target={{ to: '/endpoints/$id', params: { id: filter.endpointId } }}>
                  {shortId(filter.endpointId)}
                </PageLink>
              ),
            ],
            [
              text.subscription,
              filter.subscriptionId && (
                <PageLink key="subscription" target={{ to: '/subscriptions/$id', params: { id: filter.subscriptionId } }}>
                  {shortId(filter.subscriptionId)}
                </PageLink>
              ),
            ],
          ]}
        />
      </div>
      <Explained>{replaySentence(filter, zone)}</Explained>
      <Progress replay={replay} readAtMs={readAtMs} />
      <Items replay={replay} />
    </Stack>
  );
}
