import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from './chromium.ts';
import type { Env } from './node-process.ts';
import { type Passwire, usePasswire } from './passwire.ts';

/** What the browser itself logs when an answer is an error: tests look at the page instead. */
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

export interface ConsoleOptions extends BrowserContextOptions {
  /** Expects answers of the API to fail, as far as the browser logs that. */
  readonly expectsOutage?: boolean;
}

export interface ConsoleUnderTest {
  readonly passwire: Passwire;
  /** A browser of its own, nobody signed in, at a path below the host. */
  open(path: string, options?: ConsoleOptions): Promise<Page>;
  /** The same, signed in with a key. */
  openAs(key: string, path: string, options?: ConsoleOptions): Promise<Page>;
}

/**
 * The console in Chromium, on an API and a worker of its own. A violation of the policy, an error in the browser's console and
 * an unhandled error fail the test in which they occur.
 */
export function useConsole(env: Env | (() => Env) = {}): () => ConsoleUnderTest {
  const passwire = usePasswire(env);
  const contexts: BrowserContext[] = [];
  const faults: string[] = [];
  let browser: Browser | undefined;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    const found = faults.splice(0);
    if (found.length > 0) throw new Error(`the browser reports:\n${found.join('\n')}`);
  });
  afterAll(() => browser?.close());

  async function open(path: string, { expectsOutage = false, ...options }: ConsoleOptions = {}): Promise<Page> {
    if (!browser) throw new Error('the browser is there from beforeAll on');
    const context = await browser.newContext({
      baseURL: passwire().api.url,
      viewport: DESKTOP,
      // what fades in or out is neither there nor gone
      reducedMotion: 'reduce',
      ...options,
    });
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`unhandled: ${error.stack ?? error}`));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() !== 'error' || REFUSED.test(text) || (expectsOutage && /^Failed to load resource/.test(text)))
        return;
      faults.push(`console: ${text}`);
    });
    await page.goto(path);
    return page;
  }

  return () => ({
    passwire: passwire(),
    open,
    async openAs(key, path, options) {
      const page = await open('/console/sign-in', options);
      await page.getByLabel('API key').first().fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('navigation').first().waitFor();
      await page.goto(path);
      await page.getByRole('navigation').first().waitFor();
      return page;
    },
  });
}

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds serious or critical on a page: `color-contrast: .badge`. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: { type: 'tag', values: RULES } });
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${options})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`));
}

export interface Look {
  /** The name of its screenshots, as of its folder in `console/src/pages`. */
  readonly name: string;
  readonly path: string;
  /** Waits until the page shows what it is about. */
  ready(page: Page): Promise<unknown>;
}

/**
 * Opens a page at two widths, in light and dark, holds it against axe and for a single `h1` and no sideways scrolling, and leaves
 * a screenshot of each in `.passwire/screenshots`, to be looked at.
 *
 * @param key undefined: nobody is signed in
 */
export async function lookAt(
  { open, openAs }: ConsoleUnderTest,
  key: string | undefined,
  { name, path, ready }: Look,
): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  for (const [width, viewport] of Object.entries({ 1280: DESKTOP, 390: PHONE })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const;
      const page = key === undefined ? await open(path, options) : await openAs(key, path, options);
      await ready(page);
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${width}-${colorScheme}.png`) });
      const at = `${name} at ${width} px, ${colorScheme}`;
      expect((await axeFindings(page)).join('\n'), at).toBe('');
      expect(await page.locator('h1').count(), `h1 of ${at}`).toBe(1);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'), at).toBeLessThanOrEqual(0);
      await page.context().close();
    }
  }
}

const SCREENSHOTS = join(import.meta.dirname, '../../.passwire/screenshots');
