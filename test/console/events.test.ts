import { beforeAll, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;
let unwanted: string;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
  unwanted = await nord.client.emit({
    type: 'pass.generated',
    templateId: nord.templateId,
    occurredAt: '2026-11-24T10:02:11Z',
    pass: { id: '<img src=x onerror=alert(1)>', fields: {} },
  });
});

test('the list reads well at every width', async () => {
  await lookAt(installation(), nord.key, {
    name: 'events',
    path: '/console/events',
    ready: (page) => page.getByText('Store-78913').waitFor(),
  });
});

test('an event reads well at every width, with its deliveries', async () => {
  const [delivery] = await nord.client.deliveries({ passId: 'Store-78913' });
  await lookAt(installation(), nord.key, {
    name: 'event',
    path: `/console/events/${delivery?.eventId}`,
    ready: async (page) => {
      await page.getByText('It led to one delivery.').waitFor();
      await page.getByTestId('code').getByText('member-name').waitFor();
    },
  });
});

test('an event without deliveries says why, and hostile text stays text', async () => {
  const page = await installation().openAs(nord.key, '/console/events');
  await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
  await page.getByText('<img src=x onerror=alert(1)>').first().click();
  await page.waitForURL(new RegExp(`/console/events/${unwanted}`));
  await page.getByText('No subscription to pass.generated existed when it was accepted.').waitFor();
  expect(await page.locator('img[src], img[onerror]').count()).toBe(0);
});

test('support opens an event by its id alone', async () => {
  const { passwire, openAs } = installation();
  const { key } = await passwire.admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'desk', role: 'support' });
  const page = await openAs(key, `/console/events/${unwanted}`);
  await page.getByRole('heading', { name: 'pass.generated' }).waitFor();
});
