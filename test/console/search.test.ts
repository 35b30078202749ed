import { beforeAll, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

test('the results read well at every width', async () => {
  await lookAt(installation(), nord.key, {
    name: 'search',
    path: '/console/search?q=Store-78913',
    ready: (page) => page.getByRole('heading', { name: '1 delivery' }).waitFor(),
  });
});

test('one exact hit opens at once, and Back returns to the results', async () => {
  const { eventId } = await nord.client.ok<{ eventId: string }>('GET', `/v1/deliveries/${nord.deliveries.dead}`);
  const page = await installation().openAs(nord.key, '/console/events');
  await page.keyboard.press('/');
  await page.keyboard.type(`  "${eventId}", `);
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/console/events/${eventId}$`));
  await page.goBack();
  await page.getByRole('heading', { name: '1 event' }).waitFor();
});

test('a status leads to the filtered list', async () => {
  const page = await installation().openAs(nord.key, '/console/search?q=5xx');
  await page.getByRole('link', { name: 'Deliveries answered with 5xx' }).click();
  await page.waitForURL(/deliveries\?status=5xx$/);
  await page.getByText('Store-78914').waitFor();
});

test('nothing of another tenant is found', async () => {
  const { passwire, openAs } = installation();
  const other = await passwire.admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Other' });
  const { key } = await passwire.admin.ok<{ key: string }>('POST', '/v1/api-keys', {
    name: 'other',
    role: 'tenant',
    tenantId: other.id,
  });
  const page = await openAs(key, `/console/search?q=${nord.deliveries.dead}`);
  await page.getByText('Nothing found.').waitFor();
  expect(await page.getByText('in your tenant').count()).toBe(1);
});

test('the palette finds pages and searches', async () => {
  const page = await installation().openAs(nord.key, '/console/events');
  await page.getByRole('heading', { name: 'Events' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('A page, or anything to search for').fill('dead');
  await page.keyboard.press('Enter');
  await page.waitForURL(/dead-letters/);
});
