import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { ROOT } from '../support/node-process.ts';

const installation = useConsole();

describe('reads well at every width', () => {
  test.each([
    ['docs', '/docs', 'Documentation'],
    ['docs-guide', '/docs/guides/events', 'Events'],
    ['docs-call', '/docs/api/createSubscription', 'Subscribe a URL to a trigger, or to several'],
    ['docs-webhook', '/docs/api/receiveVibesWebhook', 'Vibes: what the endpoint receives'],
  ])('%s', async (name, path, title) => {
    const ready = (page: Page) => page.getByRole('heading', { level: 1, name: title }).waitFor();
    await lookAt(installation(), undefined, { name, path, ready });
  });
});

type Methods = Readonly<
  Record<string, Readonly<Record<string, { readonly operationId: string; readonly summary: string }>>>
>;

interface OpenApi {
  readonly paths: Methods;
  readonly webhooks: Methods;
}

/** Goes on in the page that is open, as a link does. */
async function go(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);
}

test('every guide is there, and every link of a guide leads to a place that is there', async () => {
  const page = await installation().open('/docs');
  await page.getByRole('heading', { level: 1, name: 'Documentation' }).waitFor();
  const guides = await page
    .getByRole('navigation', { name: 'Guides and reference' })
    .locator('a[href^="/docs/guides/"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  expect(guides.toSorted()).toEqual(shownGuides().map((name) => `/docs/guides/${name}`));

  const places = new Set<string>();
  const links = new Set<string>();
  for (const guide of guides) {
    await go(page, guide);
    const title = (
      /^# (.*)/.exec(await readFile(join(ROOT, `${guide.slice(1).replace('/guides', '')}.md`), 'utf8'))?.[1] ?? ''
    ).replaceAll('`', '');
    await page.locator('article').getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
    places.add(guide);
    for (const id of await page.locator('article [id]').evaluateAll((all) => all.map(({ id }) => id))) {
      places.add(`${guide}#${id}`);
    }
    const hrefs = await page
      .locator('main a[href^="/docs"], main a[href^="#"]')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    for (const href of hrefs) links.add(href.startsWith('#') ? `${guide}${href}` : href);
  }
  expect([...links].filter((link) => !places.has(link))).toEqual([]);
  expect(links.size).toBeGreaterThan(100);
});

/** What is in `docs/` but for the developers of Passwire. */
function shownGuides(): readonly string[] {
  return readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.startsWith('decisions/') && path !== 'architecture.md')
    .map((path) => path.replace(/\.md$/, ''))
    .toSorted();
}

test('every call and every webhook of the OpenAPI document has its page', async () => {
  const page = await installation().open('/docs');
  await page.getByRole('heading', { level: 1, name: 'Documentation' }).waitFor();
  const document = (await (await fetch(`${installation().passwire.api.url}/openapi.json`)).json()) as OpenApi;
  const operations = [document.paths, document.webhooks].flatMap((all) =>
    Object.values(all).flatMap((methods) => Object.values(methods)),
  );
  expect(operations.length).toBeGreaterThan(80);
  for (const { operationId, summary } of operations) {
    await go(page, `/docs/api/${operationId}`);
    await page.getByRole('heading', { level: 1, name: summary, exact: true }).waitFor();
  }
});

test('members open one by one, also where a schema contains itself', async () => {
  const page = await installation().open('/docs/api/createSubscription');
  await page.getByRole('button', { name: 'Show the members of filter' }).first().click();
  await page.getByRole('button', { name: 'Show the members of all' }).first().click();
  await page.getByRole('button', { name: 'Show the members of all' }).first().click();
  expect(await page.getByRole('button', { name: 'Hide the members of all' }).count()).toBe(2);
});

test('the command of a call is one that the API accepts', async () => {
  const { passwire, open } = installation();
  const page = await open('/docs/api/createTenant');
  const command = await page.locator('pre').filter({ hasText: 'curl' }).textContent();
  const [, path] = /\$PASSWIRE_URL([^"?]*)/.exec(command ?? '') ?? [];
  const [, body] = /-d '([^']*)'/.exec(command ?? '') ?? [];
  const answer = await fetch(`${passwire.api.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${passwire.env.ADMIN_KEY}`, 'content-type': 'application/json' },
    body: body ?? '',
  });
  expect(answer.status).toBe(201);
});

describe('search', () => {
  test.each([
    ['webhook-signature', /\/docs\/guides\//],
    ['/v1/replays', /\/docs\/api\//],
    ['createTemplate', /\/docs\/api\/createTemplate$/],
  ])('finds %s, without a pointer', async (words, address) => {
    const page = await installation().open('/docs');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.getByRole('textbox', { name: 'Search' }).fill(words);
    await page.locator('[data-action]').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(address);
  });

  test('says so when there is nothing', async () => {
    const page = await installation().open('/docs');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('textbox', { name: 'Search' }).fill('qqqqqqqq');
    await page.getByText('Nothing found.').waitFor();
  });
});

test('an address without a page says so', async () => {
  for (const path of ['/docs/guides/architecture', '/docs/api/nothing', '/docs/nothing']) {
    const page = await installation().open(path);
    await page.getByText('There is no guide and no call at this address.').waitFor();
  }
});
