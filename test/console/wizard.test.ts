import { createHmac } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { chooseVendor, emptyTenant, fillUrl, makeTemplate, next, step } from './wizard-steps.ts';

const installation = useConsole();

/** For each dialect a field that is renamed and one that is removed, as its body names them. */
const DIALECTS = {
  walletthat: {
    label: 'WalletThat',
    event: 'Pass Installed',
    rename: 'first_name',
    remove: 'pass-template-id',
    options: {},
  },
  'walletthat-postback': {
    label: 'WalletThat postback',
    event: 'N804',
    rename: 'status-text',
    remove: 'origin',
    options: {},
  },
  vibes: {
    label: 'Vibes',
    event: 'wallet_item_install',
    rename: 'event_type',
    remove: 'event_date',
    options: { 'Company key': 'nord' },
  },
  passcreator: { label: 'Passcreator', event: 'pass_created', rename: 'identifier', remove: 'userProvidedId', options: {} },
  passentry: {
    label: 'PassEntry',
    event: 'passInstalled',
    rename: '/data/attributes/webhookType',
    remove: 'included',
    options: {},
  },
} as const;

const event = (type: string) => ({
  id: 'event-1',
  type,
  templateId: 'loyalty',
  occurredAt: '2026-11-24T10:02:11Z',
  pass: { id: 'Store-78912', fields: { first_name: 'Jane', points: '7' } },
  device: { platform: 'apple', installId: 'device-1' },
});

/** Ids that an event gets when it is accepted, which a preview has others of. */
const withoutNewIds = (body: string) => body.replace(/[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, 'new');

/** The body of the preview of an event that is pasted, as it would be sent. */
async function previewedBody(page: Page, shown: object): Promise<string> {
  const preview = page.getByTestId('preview');
  await preview.getByRole('combobox', { name: 'Event shown' }).click();
  await page.getByRole('option', { name: 'Paste an event' }).click();
  await preview.getByLabel('An event, as it is posted to /v1/events').fill(JSON.stringify(shown));
  await preview.getByRole('button', { name: 'Show it' }).click();
  await preview.getByTestId('preview-lines').getByText('Store-78912').first().waitFor();
  await page.locator('[data-testid="preview"][data-old="false"]').waitFor();
  await preview.getByText('As sent').click();
  await preview.getByText('Raw').click();
  const body = await preview.locator('.cm-content').evaluate((content) => {
    const lines = [...content.querySelectorAll('.cm-line')];
    return lines.map((line) => line.textContent).join('\n');
  });
  await preview.getByText('Changes').click();
  return body;
}

test.each(Object.entries(DIALECTS))(
  'from an empty tenant to a received webhook of %s, by clicks alone',
  async (dialect, chosen) => {
    const { receiver } = installation().passwire;
    const { key, client } = await emptyTenant(installation().passwire);
    const page = await installation().openAs(key, '/console/start');
    await page.getByRole('button', { name: 'Set up an integration' }).click();
    await chooseVendor(page, chosen);
    const path = `/wizard/${dialect}`;
    await fillUrl(page, receiver.url(path));
    await makeTemplate(page, 'Loyalty card');
    await page.getByRole('checkbox', { name: chosen.event, exact: false }).first().check();
    await next(page);
    await page.getByLabel(`Send ${chosen.rename} as`, { exact: true }).fill('renamed_by_us');
    await page.getByRole('switch', { name: `Send ${chosen.remove}`, exact: true }).click({ force: true });
    await page
      .getByTestId('preview-lines')
      .getByText(`was ${chosen.rename.split('/').at(-1)}`)
      .waitFor();
    await page.getByTestId('preview-lines').locator('[data-mark="removed"]').first().waitFor();
    const posted = event(dialect === 'passcreator' ? 'pass.created' : 'pass.installed');
    const expected = await previewedBody(page, posted);
    await next(page);
    await next(page);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const secret = await page.getByTestId('secret-webhook').textContent();
    await page.getByRole('button', { name: `Send a test of ${chosen.event}` }).click();
    await page.getByText('Your receiver got its first webhook.').waitFor();
    await receiver.waitFor(path, 1);
    await client.emit(posted);
    await page.getByTestId('real-event').getByText('An event came').waitFor();
    const [, got] = await receiver.waitFor(path, 2);
    if (!got) throw new Error('nothing came');
    const body = got.body.toString();
    expect(withoutNewIds(body)).toBe(withoutNewIds(expected));
    expect(body).toContain('"renamed_by_us":');
    expect(body).not.toContain(`"${chosen.rename.split('/').at(-1)}":`);
    expect(body).not.toContain(`"${chosen.remove}":`);
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = got.headers;
    const hmac = createHmac('sha256', Buffer.from((secret ?? '').replace('whsec_', ''), 'base64'));
    expect(String(signature).split(' ')).toContain(`v1,${hmac.update(`${id}.${at}.${body}`).digest('base64')}`);
  },
);

test('each step reads well at every width', async () => {
  const { key, client } = await emptyTenant(installation().passwire);
  await client.makeTemplate({ name: 'Stamp card', fields: [{ key: 'points', sample: 7 }, { key: 'member-name' }] });
  const { receiver } = installation().passwire;
  const reach = async (page: Page, steps: number): Promise<void> => {
    await step(page, 'Which webhooks does your system expect?');
    if (steps > 0) await chooseVendor(page, { label: 'Vibes', options: { 'Company key': 'nord' } });
    if (steps > 1) await fillUrl(page, receiver.url('/look'));
    if (steps > 2) {
      await page.getByRole('radio', { name: 'One template' }).click();
      await page.getByRole('combobox', { name: 'Template' }).click();
      await page.getByRole('option', { name: 'Stamp card' }).click();
      await next(page);
    }
    if (steps > 3) {
      await page.getByRole('checkbox', { name: 'wallet_item_install' }).check();
      await page.getByRole('checkbox', { name: 'wallet_item_remove' }).check();
      await next(page);
    }
    if (steps > 4) {
      await page.getByLabel('Send event_type as').fill('kind');
      await next(page);
    }
    if (steps > 5) {
      await page.getByRole('button', { name: 'Add a condition' }).click();
      await page.getByRole('combobox', { name: 'Member of condition 1' }).fill('/pass/fields/points');
      await page.getByLabel('Value of condition 1').fill('7');
      await page.keyboard.press('Escape');
      await next(page);
    }
    await page.waitForTimeout(300);
  };
  const names = ['vendor', 'endpoint', 'template', 'triggers', 'fields', 'filter', 'save'];
  for (const [steps, name] of names.entries()) {
    await lookAt(installation(), key, {
      name: `wizard-${steps + 1}-${name}`,
      path: '/console/integrations/new/vendor',
      ready: (page) => reach(page, steps),
    });
  }
});
