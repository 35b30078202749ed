import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
const TOKYO_MS = 9 * 3_600_000;
const WRONG_MS = 5 * 60_000;
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

const hour = (ms: number): string => new Date(ms).toISOString().slice(11, 13);

/** Statistics of three hours, as the API would answer them. */
const THREE_HOURS = [1_234_567, 2, 0].map((delivered, index) => ({
  at: `2026-11-20T0${index}:00:00.000Z`,
  attempts: { delivered, retryable: 1000 * index, permanent: index },
  ended: { succeeded: delivered, dead: index },
  successRate: null,
  failures: {},
  answerMs: { p50: 80 + index, p95: 300 + 100 * index, p99: 12_345 },
}));

async function withStatistics(page: Page): Promise<void> {
  const sum = {
    attempts: { delivered: 1_234_569, retryable: 3000, permanent: 3 },
    ended: { succeeded: 1_234_569, dead: 3 },
  };
  const group = { ...THREE_HOURS[0], ...sum, group: '', buckets: THREE_HOURS };
  const json = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-20T03:00:00.000Z', groups: [group] };
  await page.route('**/v1/stats?*', (route) => route.fulfill({ json }));
  await page.goto('/console/overview');
  await page.locator('.recharts-bar-rectangle path').first().waitFor();
}

test('the zone switch changes tables and axes, and instants in addresses stay UTC', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries', { timezoneId: 'Asia/Tokyo', locale: 'en-GB' });
  const time = page.locator('[data-row] time').first();
  const at = Date.parse((await time.getAttribute('datetime')) ?? '');
  expect(await time.textContent()).toContain(`${hour(at + TOKYO_MS)}:`);
  await page.getByText('Times: Asia/Tokyo').waitFor();
  await page.getByText('UTC', { exact: true }).click();
  await expect.poll(() => time.textContent()).toContain(`${hour(at)}:`);
  await page.getByText('Times: UTC').waitFor();
  await page.getByText('Local', { exact: true }).click();
  await time.hover();
  await page
    .getByRole('tooltip')
    .getByText(`${new Date(at).toISOString().replace('T', ' ').replace('Z', '')} UTC, `)
    .waitFor();
  await page.mouse.move(0, 0);
  await page.getByRole('tooltip').waitFor({ state: 'detached' });

  await withStatistics(page);
  const axis = page.getByRole('region', { name: 'Attempts by outcome' }).locator('.recharts-xAxis-tick-labels');
  await expect.poll(() => axis.textContent()).toContain('20 Nov 09:00');
  await page.getByText('UTC', { exact: true }).click();
  await expect.poll(() => axis.textContent()).toContain('20 Nov 00:00');
  await page.locator('.recharts-bar-rectangle path').first().click();
  await page.waitForURL(/after=2026-11-20T00:00:00\.000Z&before=2026-11-20T01:00:00\.000Z/);
  await page.getByText('Fri 20 Nov 00:00:00 to Fri 20 Nov 01:00:00').first().waitFor();
  await page.getByText('Local', { exact: true }).click();
  await page.getByText('Fri 20 Nov 09:00:00 to Fri 20 Nov 10:00:00').first().waitFor();
  expect(page.url()).toContain('after=2026-11-20T00:00:00.000Z');
});

test.each([
  ['en-US', '1,234,569', '99.99 %', 'Nov 20', '1.05M'],
  ['de-DE', '1.234.569', '99,99 %', '20. Nov.', 'Mio'],
  ['fr-FR', '1 234 569', '99,99 %', '20 nov.', 'M'],
])('numbers and dates are those of the reader in %s', async (locale, delivered, rate, day, short) => {
  const page = await installation().openAs(nord.key, '/console/overview', { locale, timezoneId: 'UTC' });
  await withStatistics(page);
  const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');
  const figure = async (label: string) =>
    plain((await page.getByTestId('figure').filter({ hasText: label }).textContent()) ?? '');
  await expect.poll(() => figure('Delivered')).toContain(delivered);
  // three of a million failed: never 100 %
  expect(await figure('Success rate')).toContain(rate);
  const chart = page.getByRole('region', { name: 'Attempts by outcome' });
  expect(plain((await chart.locator('.recharts-xAxis-tick-labels').textContent()) ?? '')).toContain(day);
  expect(plain((await chart.locator('.recharts-yAxis-tick-labels').textContent()) ?? '')).toContain(short);
  await chart.getByRole('button', { name: 'Show as table' }).click();
  const cell = chart.getByRole('table').getByRole('row').nth(1).getByRole('cell').nth(1);
  expect(plain((await cell.textContent()) ?? '')).toBe(delivered.replace('569', '567'));
});

test('lines are drawn with their names at their ends', async () => {
  const page = await installation().openAs(nord.key, '/console/overview');
  await withStatistics(page);
  const chart = page.getByRole('region', { name: 'Answer time' });
  await expect.poll(() => chart.locator('.recharts-line-curve').count()).toBe(3);
  const dashes = await chart
    .locator('.recharts-line-curve')
    .evaluateAll((lines) =>
      lines.map((line) => (line as unknown as { getAttribute(name: string): string }).getAttribute('stroke-dasharray')),
    );
  expect(new Set(dashes).size).toBe(3);
});

test('a clock that is five minutes wrong counts down right, and "last hour" is still that of the server', async () => {
  for (const wrongMs of [-WRONG_MS, WRONG_MS]) {
    const page = await installation().openAs(nord.key, '/console/deliveries');
    await page.clock.install({ time: Date.now() + wrongMs });
    await page.goto(`/console/deliveries/${nord.deliveries.retrying}`);
    // a retry after an hour varies by a fifth: in 52 min, or in 1 h 9 min
    const next = page.getByText(/, in \d+ (h|min)/).first();
    const [, hours = 0, minutes = 0] = /in (?:(\d+) h)? ?(?:(\d+) min)?/.exec((await next.textContent()) ?? '') ?? [];
    const shownMin = 60 * Number(hours) + Number(minutes);
    const delivery = await nord.client.ok<{ next: { inMs: number } }>('GET', `/v1/deliveries/${nord.deliveries.retrying}`);
    const leftMin = delivery.next.inMs / 60_000;
    expect(shownMin).toBeGreaterThan(leftMin - 2);
    expect(shownMin).toBeLessThan(leftMin + 2);
    const asked = page.waitForRequest(/\/v1\/deliveries\?.*after=/);
    await page.goto('/console/deliveries?last=1h');
    const after = Date.parse(new URL((await asked).url()).searchParams.get('after') ?? '');
    expect(Math.abs(Date.now() - 3_600_000 - after)).toBeLessThan(WRONG_MS / 2);
    await page.context().close();
  }
});
