import { SimpleGrid, Stack } from '@mantine/core';
import { PageTitle } from '../../parts/page-title.tsx';
import { DepthChart } from '../../parts/system/depth-chart.tsx';
import { RetriesChart } from '../../parts/system/retries-chart.tsx';
import { Servers } from '../../parts/system/servers.tsx';
import { SystemFigures } from '../../parts/system/system-figures.tsx';
import { Workers } from '../../parts/system/workers.tsx';
import { operations as text } from './strings.ts';

/** Is the system keeping up? */
export function Page() {
  return (
    <Stack gap="md">
      <PageTitle>{text.title}</PageTitle>
      <SystemFigures />
      <Servers />
      <Workers />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <DepthChart />
        <RetriesChart />
      </SimpleGrid>
    </Stack>
  );
}
