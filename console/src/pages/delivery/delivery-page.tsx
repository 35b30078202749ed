import { Grid, Group, Stack, Text, Title } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { BackLink } from '../../parts/back-link.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { Explained } from '../../parts/explained.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useNeighbours } from '../../parts/neighbours.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { ToneBadge } from '../../parts/tone.tsx';
import { usePreferences } from '../../preferences.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { Actions } from './actions.tsx';
import { AttemptView } from './attempt-view.tsx';
import { Compare } from './compare.tsx';
import classes from './delivery.module.css';
import { Head } from './head.tsx';
import { NextAttempt } from './next-attempt.tsx';
import { delivery as text } from './strings.ts';
import { DeliveryTimeline } from './timeline.tsx';
import { type Delivery, useDelivery } from './use-delivery.ts';

/** Why did this arrive, or not? */
export function Page() {
  const { id = '' } = useParams({ strict: false });
  useNeighbours(id, (key) => ({ to: '/deliveries/$id', params: { id: key } }));
  const query = useDelivery(id);
  return (
    <Loaded query={query} rows={12}>
      {(delivery) => <Shown delivery={delivery} loadedAtMs={query.dataUpdatedAt} />}
    </Loaded>
  );
}

function Shown({ delivery, loadedAtMs }: { readonly delivery: Delivery; readonly loadedAtMs: number }) {
  const [{ attempt: chosen, compare }, change] = useQueryString();
  const { zone } = usePreferences();
  const { attempts, state, test, kind, explanation } = delivery;
  const shown = attempts.find(({ number }) => String(number) === chosen) ?? attempts.at(-1);
  const isUtc = zone === 'utc' || new Date().getTimezoneOffset() === 0;
  return (
    <Stack gap="lg">
      <div>
        <BackLink target={{ to: '/deliveries' }}>{text.back}</BackLink>
        <PageTitle actions={<Actions delivery={delivery} />}>{text.title(delivery.trigger, delivery.passId)}</PageTitle>
        <Group gap="sm" mb="sm">
          <StateBadge state={state} />
          {test && <ToneBadge meaning="test">{text.test}</ToneBadge>}
          {kind === 'unsubscribe' && <ToneBadge meaning="neutral">{text.unsubscribe}</ToneBadge>}
          <NextAttempt next={delivery.next} loadedAtMs={loadedAtMs} />
        </Group>
        <Head delivery={delivery} />
      </div>
      <section aria-label={text.why}>
        <Explained>{explanation.text}</Explained>
        <Group gap="sm" mt={6}>
          <CopyText value={explanation.textWithDates}>{text.copyForTenant}</CopyText>
          {!isUtc && (
            <Text size="xs" c="dimmed">
              {text.inUtc}
            </Text>
          )}
        </Group>
      </section>
      {compare !== undefined && <Compare delivery={delivery} otherId={compare} />}
      <Grid gap="xl" className={classes.columns}>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Title order={2} mb="xs">
            {text.timeline}
          </Title>
          <DeliveryTimeline
            delivery={delivery}
            shown={shown?.number}
            onShow={(number) => void change({ attempt: String(number) }, { replace: true })}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          {shown ? <AttemptView key={shown.number} delivery={delivery} attempt={shown} /> : <Text>{text.noAttempts}</Text>}
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
