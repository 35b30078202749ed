import { beforeAll, expect, test } from 'vitest';
import { axeFindings, lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

test('list, new template and template read well at every width', async () => {
  const pages = {
    templates: ['', 'Stamp card'],
    'new-template': ['/new', 'New template'],
    template: [`/${nord.templateId}`, 'Fields'],
  } as const;
  for (const [name, [path, shown]] of Object.entries(pages)) {
    await lookAt(installation(), nord.key, {
      name,
      path: `/console/templates${path}`,
      ready: (page) => page.getByText(shown).first().waitFor(),
    });
  }
});

test('a template is made from a pasted event, and deleted by its name', async () => {
  const page = await installation().openAs(nord.key, '/console/templates/new');
  await page.getByRole('button', { name: 'Read the fields from a sample' }).click();
  const pasted = page.locator('textarea').first();
  await pasted.fill(`"${'x'.repeat(1024 * 1024)}"`);
  await page.getByRole('button', { name: 'Read the fields', exact: true }).click();
  await page.getByText('A sample has at most 1 MiB.').waitFor();
  await pasted.fill('{"type":"pass.created","templateId":"gift-26","pass":{"type":"coupon","fields":{"value":25}}}');
  await page.getByRole('button', { name: 'Read the fields', exact: true }).click();
  await expect.poll(() => page.getByLabel('External id').inputValue()).toBe('gift-26');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText(/A template needs a name/).waitFor();
  await page.getByLabel(/^Name/).fill('Gift card');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { level: 1, name: 'Gift card' }).waitFor();
  const { data } = await nord.client.ok<{ data: readonly object[] }>('GET', '/v1/templates?q=Gift');
  expect(data).toMatchObject([
    { externalId: 'gift-26', passType: 'coupon', fields: [{ key: 'value', type: 'number', sample: 25 }] },
  ]);

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByLabel(/to confirm/).fill('Gift card');
  await page.getByRole('button', { name: 'Delete this template' }).click();
  await page.getByRole('heading', { level: 1, name: 'Templates' }).waitFor();
  expect((await nord.client.ok<{ data: readonly object[] }>('GET', '/v1/templates?q=Gift')).data).toEqual([]);
});

test('what somebody else changed is asked about: mine, or theirs', async () => {
  const { id } = await nord.client.ok<{ id: string }>('POST', '/v1/templates', { name: 'Ticket' });
  const path = `/v1/templates/${id}`;
  const stored = () => nord.client.ok<{ name: string; passType: string }>('GET', path);
  const page = await installation().openAs(nord.key, `/console/templates/${id}`);
  await page.getByLabel(/^Name/).fill('Ticket of mine');
  await nord.client.ok('PATCH', path, { name: 'Ticket of theirs', passType: 'eventTicket' });
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/^Changed by Nord developer/).waitFor();
  expect((await axeFindings(page)).join('\n')).toBe('');
  await dialog.getByRole('button', { name: 'Apply mine' }).click();
  await page.getByText('Saved.').waitFor();
  expect(await stored()).toMatchObject({ name: 'Ticket of mine', passType: 'eventTicket' });

  await page.getByLabel(/^Name/).fill('Ticket again');
  await nord.client.ok('PATCH', path, { name: 'Ticket of theirs' });
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Take theirs' }).click();
  await expect.poll(() => page.getByLabel(/^Name/).inputValue()).toBe('Ticket of theirs');
  expect(await stored()).toMatchObject({ name: 'Ticket of theirs' });

  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByText('Template updated').first().waitFor();
});
