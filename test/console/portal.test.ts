import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

// The platform is another site: localhost, where Passwire is 127.0.0.1.

/** As docs/portal.md has it, without a server of its own: the test makes links for it. */
const PLATFORM_PAGE = `<!doctype html><title>Platform</title>
<iframe id="webhooks" title="Webhooks" style="width: 1200px; height: 760px; border: 0"></iframe>
<script>
  window.asked = 0;
  addEventListener('message', async ({ origin, source, data }) => {
    const frame = document.getElementById('webhooks');
    if (source !== frame.contentWindow || data?.type !== 'passwire:token-needed') return;
    window.asked += 1;
    const link = await window.makeLink();
    if (link) source.postMessage({ type: 'passwire:token', link }, origin);
  });
</script>`;

let platform: Server;
let platformOrigin = '';

beforeAll(async () => {
  platform = createServer((_request, response) => void response.setHeader('content-type', 'text/html').end(PLATFORM_PAGE));
  await new Promise<void>((resolve) => platform.listen(0, 'localhost', resolve));
  platformOrigin = `http://localhost:${(platform.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => platform.close(resolve)));

const installation = useConsole(() => ({ PORTAL_ORIGINS: platformOrigin }));
let nord: CafeNord;
let otherTenantId = '';

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
  otherTenantId = (await installation().passwire.admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Museum' })).id;
});

interface Link {
  readonly path: string;
  readonly link: string;
}

function makeLink(input: object = {}): Promise<Link> {
  const { admin } = installation().passwire;
  return admin.ok<Link>('POST', '/v1/portal-links', { tenantId: nord.tenantId, permissions: 'manage', ...input });
}

/** Runs in the frame, in place of what browsers refuse to frames of other sites. */
const WITHOUT_STORAGE = `if (window !== window.parent) {
  const refused = () => {
    throw new DOMException('Access is denied for this document.', 'SecurityError');
  };
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) Object.defineProperty(window, name, { get: refused });
  Object.defineProperty(document, 'cookie', { get: () => '', set: () => {} });
}`;

function show(page: Page, url: string): Promise<unknown> {
  return page.evaluate(`document.getElementById('webhooks').src = ${JSON.stringify(url)}`);
}

/** The platform's page with the portal in its frame; storage and cookies are refused to it as browsers do. */
async function openFramed(path: string, answer: () => Promise<string | undefined>): Promise<Page> {
  const page = await installation().open('about:blank');
  await page.context().exposeFunction('makeLink', answer);
  await page.addInitScript(WITHOUT_STORAGE);
  await page.goto(platformOrigin);
  await show(page, `${installation().passwire.api.url}${path}`);
  return page;
}

function framed(page: Page): FrameLocator {
  return page.frameLocator('#webhooks');
}

describe('in a frame of another site, without cookies and storage', () => {
  test('works, and shows one tenant only', async () => {
    const theme = { name: 'Nord Passes', colour: '#ffcc00' };
    const { path } = await makeLink({ origin: platformOrigin, theme });
    const page = await openFramed(path.replace('/portal#', '/portal/deliveries#'), async () => undefined);
    const frame = framed(page);
    await frame.getByText('Store-78911').first().waitFor();
    await frame.getByRole('link', { name: 'Nord Passes' }).waitFor();
    expect(await frame.getByRole('combobox', { name: 'Tenant' }).count()).toBe(0);
    const navigation = frame.getByRole('navigation');
    for (const name of ['Tenants', 'Keys', 'Operations', 'Erasures']) {
      expect(await navigation.getByRole('link', { name, exact: true }).count(), name).toBe(0);
    }
    expect(await page.context().cookies()).toEqual([]);
    // the secret of the link is in no address
    expect(page.frames()[1]?.url()).toMatch(/\/portal\/deliveries$/);
    await page.context().close();
  });

  test('is renewed before its end, and asks only the page that the link names', async () => {
    const { path } = await makeLink({ origin: platformOrigin, lifetimeMs: 60_000 });
    const answer = async () => (await makeLink({ origin: platformOrigin })).link;
    const page = await openFramed(path, answer);
    const frame = framed(page);
    await frame.getByRole('navigation').first().waitFor();
    const asked = () => page.evaluate<number>('window.asked');
    await expect.poll(asked, { timeout: 50_000, interval: 500 }).toBe(1);
    await frame.getByRole('link', { name: 'Deliveries', exact: true }).click();
    await frame.getByText('Store-78911').first().waitFor();
    await page.context().close();
  });

  test('that is loaded again has used its link, and is opened again by the page', async () => {
    const { path } = await makeLink({ origin: platformOrigin });
    const answer = async () => (await makeLink({ origin: platformOrigin })).link;
    const page = await openFramed(path.replace('/portal#', '/portal/deliveries#'), answer);
    await framed(page).getByText('Store-78911').first().waitFor();
    const source = await page.getAttribute('#webhooks', 'src');
    await show(page, 'about:blank');
    await show(page, source ?? '');
    await framed(page).getByText('Store-78911').first().waitFor();
    expect(await page.evaluate<number>('window.asked')).toBe(1);
    await page.context().close();
  });

  test('takes no token that the page of another origin posts', async () => {
    const { path } = await makeLink();
    const page = await openFramed(path, async () => undefined);
    await framed(page).getByRole('navigation').first().waitFor();
    const { link } = await makeLink({ tenantId: otherTenantId });
    const message = JSON.stringify({ type: 'passwire:token', link });
    await page.evaluate(`document.querySelector('iframe').contentWindow.postMessage(${message}, '*')`);
    await framed(page).getByRole('link', { name: 'Deliveries', exact: true }).click();
    await framed(page).getByText('Store-78911').first().waitFor();
    // it was not used
    const { api } = installation().passwire;
    const headers = { origin: api.url, 'x-passwire-portal': '1', 'content-type': 'application/json' };
    const body = JSON.stringify({ link, as: 'bearer' });
    expect((await fetch(`${api.url}/v1/portal-tokens`, { method: 'POST', headers, body })).status).toBe(200);
    await page.context().close();
  });
});

test('as a page of its own it works by a cookie, also after it is loaded again', async () => {
  const { path } = await makeLink();
  const page = await installation().open(path.replace('/portal#', '/portal/deliveries#'));
  await page.getByText('Store-78911').first().waitFor();
  await page.reload();
  await page.getByText('Store-78911').first().waitFor();
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name, httpOnly }) => ({ name, httpOnly }))).toContainEqual({
    name: 'passwire-portal',
    httpOnly: true,
  });
});

test('a link that was used is refused, with the reason', async () => {
  const { path } = await makeLink();
  const first = await installation().open(path);
  await first.getByRole('navigation').first().waitFor();
  const second = await installation().open(path);
  await second.getByText('This link was opened before, and works once. Have another one made.').waitFor();
  expect(await second.getByRole('navigation').count()).toBe(0);
});

test('a link to read lacks the buttons, and is refused when it calls anyway', async () => {
  const { path } = await makeLink({ permissions: 'read' });
  const page = await installation().open(path.replace('/portal#', `/portal/deliveries/${nord.deliveries.dead}#`));
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('Store-78913').first().waitFor();
  for (const name of ['Replay', 'Retry now', 'Cancel', 'Discard']) {
    expect(await page.getByRole('button', { name }).count(), name).toBe(0);
  }
  const call = (target: string) =>
    page.evaluate<number>(`fetch('${target}', {
      method: 'POST',
      headers: { 'x-passwire-portal': '1', 'content-type': 'application/json' },
      body: '{"mode":"same"}',
    }).then(({ status }) => status)`);
  expect(await call(`/v1/deliveries/${nord.deliveries.dead}/replay`)).toBe(403);
});

test('the console cannot be framed', async () => {
  const page = await installation().open('about:blank');
  page.removeAllListeners('console');
  const seen = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
  await page.goto(platformOrigin);
  await show(page, `${installation().passwire.api.url}/console`);
  await seen;
  expect(await framed(page).getByLabel('API key').count()).toBe(0);
});

test('reads well at every width, in the colours of the platform', async () => {
  for (const colour of ['#ffcc00', '#7048e8']) {
    await lookAtPortal(colour);
  }
});

async function lookAtPortal(colour: string): Promise<void> {
  const { open, ...rest } = installation();
  const theme = { colour, name: 'Nord Passes' };
  const opened: typeof open = async (path, options) => {
    const made = await makeLink({ theme });
    return open(made.path.replace('/portal#', `${path}#`), options);
  };
  await lookAt({ ...rest, open: opened }, undefined, {
    name: `portal-${colour.slice(1)}`,
    path: '/portal/deliveries',
    ready: (page) => page.getByText('Store-78911').first().waitFor(),
  });
}
