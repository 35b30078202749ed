import { beforeAll, expect, test } from 'vitest';
import { axeFindings, lookAt, useConsole } from '../support/browser.ts';
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
  await page.getByRole('button', { name: 'Replay this one' }).click();
  await page.getByText('One chosen delivery that is dead.').waitFor();
  await page.getByText(/^1 delivery to one endpoint would be sent again: 1 is dead\./).waitFor();
  await page.getByRole('button', { name: 'Send 1 again' }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  const requests = await passwire.receiver.waitFor(path, before + 1);
  expect(requests.at(-1)?.text).toContain('Store-78913');
});

test('rendered anew: another webhook-id, and what differs is shown', async () => {
  const { openAs, passwire } = installation();
  const path = `/${nord.tenantId}/mail`;
  passwire.receiver.answer(path, { status: 422 });
  await nord.emitDead('Store-3');
  const failed = passwire.receiver.at(path).at(-1);
  passwire.receiver.answer(path, { status: 200 });
  const before = passwire.receiver.at(path).length;
  const page = await openAs(nord.key, '/console/dead-letters');
  await page.getByRole('row').filter({ hasText: 'Store-3' }).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Replay this one' }).click();
  await page.getByText('Rendered anew, with new webhook-ids').click();
  await page.waitForURL(/mode=fresh/);
  await page.getByRole('button', { name: 'Send 1 again' }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  const sent = (await passwire.receiver.waitFor(path, before + 1)).at(-1);
  expect(sent?.text).toContain('Store-3');
  expect(sent?.headers['webhook-id']).not.toBe(failed?.headers['webhook-id']);
  await page.getByRole('tab', { name: 'All' }).click();
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.getByRole('heading', { name: 'Compare with another delivery' }).waitFor();
});

test('all that a filter finds is discarded: counted before, with a reason', async () => {
  const { openAs, passwire } = installation();
  passwire.receiver.answer(`/${nord.tenantId}/mail`, { status: 422 });
  await nord.emitDead('Store-4', 'Store-4', 'Store-5');
  const page = await openAs(nord.key, '/console/dead-letters');
  await page.getByText('Store-5').waitFor();
  expect(await page.getByRole('button', { name: 'Discard what this filter finds' }).count()).toBe(0);
  await page.goto('/console/dead-letters?passId=Store-4');
  await page.getByRole('button', { name: 'Discard what this filter finds' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/^2 dead letters of one subscription would be closed without being sent\./).waitFor();
  expect((await axeFindings(page)).join('\n')).toBe('');
  const button = dialog.getByRole('button', { name: 'Discard 2' });
  expect(await button.isDisabled()).toBe(true);
  await dialog.getByLabel('Reason').fill('Test traffic.');
  await button.click();
  await page.getByText('No dead letter matches.').waitFor();
  await page.goto('/console/dead-letters');
  await page.getByText('Store-5').waitFor();
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
