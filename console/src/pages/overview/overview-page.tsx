import { SegmentedControl, SimpleGrid, Stack } from '@mantine/core';
import { AnswerTimeChart } from '../../parts/answer-time-chart.tsx';
import { AttemptsChart } from '../../parts/attempts-chart.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { SentNumbers } from '../../parts/sent-numbers.tsx';
import { DepthChart } from '../../parts/system/depth-chart.tsx';
import { RetriesChart } from '../../parts/system/retries-chart.tsx';
import { SystemFigures } from '../../parts/system/system-figures.tsx';
import { Workers } from '../../parts/system/workers.tsx';
import { charted, PERIODS, type Period, periodOf, useStatistics } from '../../parts/use-statistics.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { useSeesAllTenants, useTenantId } from '../../session/me.ts';
import { NeedsAttention } from './needs-attention.tsx';
import { overview as text } from './strings.ts';

/** Is it working, and what needs attention? */
export function Page() {
  const [{ last }, change] = useQueryString();
  const tenantId = useTenantId();
  const period = periodOf(last);
  const isOfAll = useSeesAllTenants() && tenantId === undefined;
  const choice = (
    <SegmentedControl
      aria-label={text.period}
      size="xs"
      value={period}
      onChange={(next) => change({ last: next })}
      data={(Object.keys(PERIODS) as Period[]).map((value) => ({ value, label: text.periods[value] }))}
    />
  );
  return (
    <Stack gap="md">
      <PageTitle actions={choice}>{text.title}</PageTitle>
      {isOfAll && <SystemFigures />}
      <Sent period={period} tenantId={tenantId}>
        <NeedsAttention tenantId={tenantId} />
      </Sent>
      {isOfAll && (
        <>
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            <DepthChart />
            <RetriesChart />
          </SimpleGrid>
          <Workers />
        </>
      )}
    </Stack>
  );
}

interface SentProps {
  readonly period: Period;
  readonly tenantId: string | undefined;
  /** Between the numbers and the charts. */
  readonly children: React.ReactNode;
}

/** What was sent in a period: numbers first, then charts. */
function Sent({ period, tenantId, children }: SentProps) {
  const filter = { ...(tenantId !== undefined && { tenantId }) };
  const statistics = useStatistics(period, filter);
  return (
    <>
      <SentNumbers period={period} tenantId={tenantId} statistics={statistics.data} />
      {children}
      <Loaded query={statistics}>
        {(data) => {
          if (data.groups.length === 0) return <Nothing />;
          const shown = charted(data, period, statistics.dataUpdatedAt);
          return (
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <AttemptsChart statistics={shown} />
              <AnswerTimeChart statistics={shown} />
            </SimpleGrid>
          );
        }}
      </Loaded>
    </>
  );
}

function Nothing() {
  const action = (
    <PageLink target={{ to: '/start' }} size="sm">
      {text.setUp}
    </PageLink>
  );
  return (
    <Empty title={text.nothing} action={action}>
      {text.nothingText}
    </Empty>
  );
}
