import { beforeAll, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

test('the list reads well at every width', async () => {
  await lookAt(installation(), nord.key, {
    name: 'dead-letters',
    path: '/console/dead-letters',
    ready: (page) => page.getByText('Store-78913').waitFor(),
  });
});

test('exactly the ticked ones are sent again, after they were counted', async () => {
  const { openAs, passwire } = installation();
  const path = `/${nord.tenantId}/mail`;
  await nord.emitDead('Store-1', 'Store-2');
  const before = passwire.receiver.at(path).length;
  passwire.receiver.answer(path, { status: 200 });
  const page = await openAs(nord.key, '/console/dead-letters');
  const row = page.getByRole('row').filter({ hasText: 'Store-78913' });
  await row.getByRole('checkbox').check();
  await page.getByText('1 selected').waitFor();
  await page.getByRole('button', { name: 'Replay selected' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send one dead letter again?' });
  await dialog.getByText(/one delivery to one endpoint would be sent again/).waitFor();
  await dialog.getByRole('button', { name: 'Send 1 again' }).click();
  await dialog.waitFor({ state: 'detached' });
  const requests = await passwire.receiver.waitFor(path, before + 1);
  expect(requests.at(-1)?.text).toContain('Store-78913');
});

test('the ticked ones are discarded with a reason', async () => {
  const page = await installation().openAs(nord.key, '/console/dead-letters');
  await page.getByRole('checkbox', { name: 'Select all rows shown' }).check();
  await page.getByRole('button', { name: 'Discard selected' }).click();
  const dialog = page.getByRole('dialog');
  const button = dialog.getByRole('button', { name: /^Discard \d/ });
  expect(await button.isDisabled()).toBe(true);
  await dialog.getByLabel('Reason').fill('The customer has the data.');
  await button.click();
  await page.getByText('No open dead letters.').waitFor();
  await page.goto('/console/dead-letters?open=false');
  await page.getByText('The customer has the data.').first().waitFor();
});
