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
    name: 'deliveries',
    path: '/console/deliveries',
    ready: (page) => page.getByText('Retrying').first().waitFor(),
  });
});

test('its filter is in the address, and each part of it can be removed', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries?state=dead&last=1h');
  await page.getByText('Store-78913').waitFor();
  expect(await page.locator('[data-row]').count()).toBe(1);
  await page.getByRole('button', { name: 'Remove: State: Dead' }).click();
  await page.waitForURL(/deliveries\?last=1h$/);
  await page.getByText('Store-78914').waitFor();
  await page.goBack();
  await page.waitForURL(/state=dead/);
  await page.getByText('Store-78914').waitFor({ state: 'detached' });
});

test('a filter that nothing matches says which parts to remove', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries?state=cancelled&passId=nobody');
  await page.getByText('No delivery matches.').waitFor();
  await page.getByRole('button', { name: 'Remove: Pass: nobody' }).click();
  await page.getByRole('button', { name: 'Remove: State: Cancelled' }).click();
  await page.getByText('Store-78911').waitFor();
});

test('what the API refuses is shown with its words and the request id', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries?state=wrong');
  const problem = page.getByTestId('problem');
  await problem.getByText('/state must be one of').waitFor();
  expect(await problem.textContent()).toMatch(/Request\s*[\w-]{36}/);
});

test('a key that sees all tenants is asked for one, and finds it by its name', async () => {
  const { passwire, openAs } = installation();
  const page = await openAs(passwire.env.ADMIN_KEY ?? '', '/console/deliveries');
  await page.getByRole('heading', { name: 'Choose a tenant' }).waitFor();
  await page.getByRole('combobox', { name: 'Tenant' }).fill('Cafe');
  await page.getByRole('option', { name: 'Cafe Nord' }).click();
  await page.waitForURL(new RegExp(`tenant=${nord.tenantId}`));
  await page.getByText('Store-78911').waitFor();
});

test('rows are walked through by keys', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries');
  await page.getByText('Store-78911').waitFor();
  const focused = () => page.evaluate<string | undefined>('document.activeElement?.closest("[data-row]")?.dataset.row');
  const press = async (key: string) => {
    await page.keyboard.press(key);
    return focused();
  };
  // the rows are shown a moment before the keys are heard; further up than the first row there is nothing
  await expect.poll(() => press('k'), { timeout: 30_000 }).toBeDefined();
  await expect.poll(() => press('k')).toBe(nord.deliveries.retrying);
  expect(await press('j')).toBe(nord.deliveries.dead);
  expect(await press('k')).toBe(nord.deliveries.retrying);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Next row').waitFor();
});
