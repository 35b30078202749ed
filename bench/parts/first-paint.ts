import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ensureConsole } from '../../scripts/build-console.mjs';
import { launchChromium } from '../../test/support/chromium.ts';
import { atMost, type PartResult } from '../rig/figures.ts';
import { deliver, startLoad, startSink } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
import { prefill } from '../rig/prefill.ts';
import type { Rig } from '../rig/rig.ts';
import { makeTargets } from '../rig/tenants.ts';

const DELIVERIES = 100_000;
const ENDPOINTS = 20;
const FIRST_CONTENT_MS = 1000;
const FILTER_MS = 300;
const BLOCKED_MS = 100;
const WITHIN_MS = 30_000;

/** What the console takes in Chromium for a tenant with many deliveries: a cold start of two pages, filters, and blocked input. */
export async function firstPaint(rig: Rig): Promise<PartResult> {
  ensureConsole();
  const { installation, key } = await fill(rig);
  const browser = await launchChromium();
  try {
    const signedIn = await signIn(browser, installation.url, key);
    const rounds: Round[] = [];
    // the first round warms up the API
    for (let round = 0; round <= rig.sizes.rounds; round++) rounds.push(await measure(browser, signedIn));
    const of = (what: keyof Round): number[] => rounds.slice(1).map((round) => round[what]);
    return {
      figures: [
        atMost('deliveries: first content', 'ms', of('listContentMs'), FIRST_CONTENT_MS),
        atMost('deliveries: first rows', 'ms', of('listRowsMs'), FIRST_CONTENT_MS),
        atMost('overview: first content', 'ms', of('overviewContentMs'), FIRST_CONTENT_MS),
        atMost('overview: numbers', 'ms', of('overviewNumbersMs'), FIRST_CONTENT_MS),
        atMost('filter to rows', 'ms', of('filterMs'), FILTER_MS),
        atMost('filter that nothing matches', 'ms', of('noMatchMs'), FILTER_MS),
        atMost('deliveries: longest blocked input', 'ms', of('listBlockedMs'), BLOCKED_MS, 'after the first content'),
        atMost('overview: longest blocked input', 'ms', of('overviewBlockedMs'), BLOCKED_MS, 'after the first content'),
      ],
      notes: [`${DELIVERIES.toLocaleString('en-US')} deliveries of one tenant; an empty cache in each round`],
    };
  } finally {
    await browser.close();
    await installation.end();
  }
}

/** Copies of real deliveries of one tenant. */
async function fill(rig: Rig): Promise<{ readonly installation: Installation; readonly key: string }> {
  const sink = startSink(rig);
  const load = startLoad(rig);
  const ports = await sink.call('listen', { endpoints: ENDPOINTS });
  const installation = await Installation.start(rig);
  const targets = await makeTargets(installation, ports, 1);
  await deliver(rig, { installation, sink, load, ports, targets }, ENDPOINTS);
  await prefill(rig.urlOf(installation.database), DELIVERIES);
  return { installation, key: targets[0]?.key ?? '' };
}

type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>> & { readonly url: string };

async function signIn(browser: Browser, url: string, key: string): Promise<SignedIn> {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await page.goto('/console/sign-in');
  await page.getByLabel('API key').first().fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').first().waitFor();
  const state = await context.storageState();
  await context.close();
  return { ...state, url };
}

interface Round {
  readonly listContentMs: number;
  readonly listRowsMs: number;
  readonly overviewContentMs: number;
  readonly overviewNumbersMs: number;
  readonly filterMs: number;
  readonly noMatchMs: number;
  readonly listBlockedMs: number;
  readonly overviewBlockedMs: number;
}

/** In the page, from its start on: when a place first has what is looked for, and stretches over 50 ms in which it heard nothing. */
const WATCH = `
  window.measured = { tasks: [] };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) measured.tasks.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
  window.firstAt = (isThere) => new Promise((resolve) => {
    const look = () => isThere() && (observer.disconnect(), resolve(performance.now()));
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, characterData: true });
    look();
  });`;

async function measure(browser: Browser, state: SignedIn): Promise<Round> {
  const list = await openPage(browser, state, '/console/deliveries', `document.querySelector('[data-row]')`);
  const { page } = list;
  // typed by hand, so that what typing costs is among the blocked input
  const filterMs = await filter(page, 'Pass id', 'stored-0-500', `document.querySelectorAll('[data-row]').length === 1`);
  await page.getByRole('button', { name: 'Remove: Pass: stored-0-500' }).click();
  await page.locator('[data-row]').nth(10).waitFor();
  const noMatchMs = await filter(page, 'Status', '5xx', `document.querySelector('[data-testid=empty]')`);
  const listBlockedMs = await blocked(page, list.contentMs);
  await page.context().close();
  const isCounted = `[...document.querySelectorAll('[data-testid=figure]')].some((one) => /Delivered\\D*[\\d,]+/.test(one.textContent))`;
  const overview = await openPage(browser, state, '/console/overview', isCounted);
  await overview.page.locator('.recharts-surface').first().waitFor({ timeout: WITHIN_MS });
  const overviewBlockedMs = await blocked(overview.page, overview.contentMs);
  await overview.page.context().close();
  return {
    listContentMs: list.contentMs,
    listRowsMs: list.shownMs,
    overviewContentMs: overview.contentMs,
    overviewNumbersMs: overview.shownMs,
    filterMs,
    noMatchMs,
    listBlockedMs,
    overviewBlockedMs,
  };
}

/** Opens a page with an empty cache. Milliseconds from its navigation to its first content, and to what it is about. */
async function openPage(browser: Browser, { url, ...storageState }: SignedIn, path: string, isThere: string) {
  const context = await browser.newContext({ baseURL: url, storageState, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(path);
  const shownMs = await page.evaluate<number>(`firstAt(() => ${isThere})`);
  const contentMs = await page.evaluate<number>(
    `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()`,
  );
  return { page, shownMs, contentMs };
}

/** Milliseconds from the key that applies a filter to its rows. */
async function filter(page: Page, label: string, value: string, isThere: string): Promise<number> {
  const field = page.getByRole('textbox', { name: label, exact: true });
  await field.pressSequentially(value);
  await page.evaluate(`addEventListener('keydown', () => {
    const beganAt = performance.now();
    window.filtered = firstAt(() => ${isThere}).then((endedAt) => endedAt - beganAt);
  }, { once: true, capture: true })`);
  await field.press('Enter');
  return page.evaluate<number>('filtered');
}

/** The longest stretch in which the page did not hear the reader, since its first content. Stretches below 50 ms count as 0. */
function blocked(page: Page, sinceMs: number): Promise<number> {
  return page.evaluate<number>(
    `Math.max(0, ...measured.tasks.filter(({ startTime }) => startTime > ${sinceMs}).map(({ duration }) => duration))`,
  );
}
