import { expect, test } from 'vitest';
import { axeFindings, useConsole } from '../support/browser.ts';

const console_ = useConsole();

test('a wrong key is refused in words, the right one leads to where one wanted to go', async () => {
  const { passwire, open } = console_();
  const page = await open('/console/deliveries?state=dead');
  await page.waitForURL(/\/console\/sign-in\?to=/);
  await page.getByLabel('API key').first().fill('pwk_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This key is unknown or was revoked.').waitFor();
  expect((await axeFindings(page)).join('\n')).toBe('');
  await page
    .getByLabel('API key')
    .first()
    .fill(passwire.env.ADMIN_KEY ?? '');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/console\/deliveries\?state=dead$/);
});
