import { expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { JO, providerEnv, useProvider } from '../support/identity-provider.ts';

const provider = useProvider();
const installation = useConsole(() => providerEnv(provider()));

test('signing in with the provider leads to the page asked for, and signing out leaves nothing', async () => {
  const page = await installation().open('/console/deliveries?state=dead');
  await page.waitForURL(/\/console\/sign-in\?to=/);
  await page.getByRole('link', { name: 'Sign in with Acme ID' }).click();
  await page.waitForURL(/\/console\/deliveries\?state=dead$/);
  await page.getByRole('heading', { level: 1, name: 'Deliveries' }).waitFor();
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByText('Jo Doe', { exact: false }).waitFor();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/console/sign-in');
  expect((await page.context().cookies()).filter(({ name }) => /passwire$/.test(name))).toEqual([]);
  await page.goto('/console/deliveries');
  await page.waitForURL(/sign-in\?to=/);
});

test('what support may not see is absent for a person with that role', async () => {
  const page = await installation().open('/console/sign-in');
  await page.getByRole('link', { name: 'Sign in with Acme ID' }).click();
  const navigation = page.getByRole('navigation').first();
  await navigation.getByRole('link', { name: 'Deliveries' }).waitFor();
  expect(await navigation.getByRole('link', { name: 'Keys' }).count()).toBe(0);
});

test('who has no role is told so, and who cancels too', async () => {
  provider().claims = { ...JO, groups: ['staff'] };
  const page = await installation().open('/console/sign-in?to=/endpoints');
  await page.getByRole('link', { name: 'Sign in with Acme ID' }).click();
  await page.getByRole('alert').getByText('Your account at Acme ID has no access here.').waitFor();
  provider().refusal = 'access_denied';
  await page.getByRole('link', { name: 'Sign in with Acme ID' }).click();
  await page.getByRole('alert').getByText('Acme ID refused, or you cancelled.').waitFor();
  Object.assign(provider(), { claims: JO, refusal: undefined });
  await page.getByRole('link', { name: 'Sign in with Acme ID' }).click();
  await page.waitForURL(/\/console\/endpoints$/);
});

test('a session that ends keeps what was typed while the person signs in again in another tab', async () => {
  provider().claims = { ...JO, groups: ['passwire-admin'] };
  const page = await installation().open('/console/sign-in?to=/tenants');
  await page.getByRole('link', { name: 'Sign in with Acme ID' }).click();
  await page.getByRole('button', { name: 'New tenant' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Cafe Nord');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Create' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  const opened = page.waitForEvent('popup');
  await dialog.getByRole('link', { name: 'Sign in with Acme ID in a new tab' }).click();
  const tab = await opened;
  await tab.getByRole('navigation').first().waitFor();
  await tab.close();
  await page.evaluate("dispatchEvent(new Event('focus'))");
  await dialog.waitFor({ state: 'detached' });
  expect(await page.getByLabel('Name').last().inputValue()).toBe('Cafe Nord');
});

test('nothing of an answer is in the log', async () => {
  const { api } = installation().passwire;
  const page = await installation().open('/console/sign-in');
  await page.getByRole('link', { name: 'Sign in with Acme ID' }).click();
  await page.getByRole('navigation').first().waitFor();
  const { code, code_verifier: verifier } = provider().lastGrant;
  const log = JSON.stringify(api.log);
  expect(log).toContain('/v1/sign-in/oidc/callback');
  for (const secret of [code, verifier, 'a-client-secret']) expect(log).not.toContain(String(secret));
});

test('the sign-in page', async () => {
  await lookAt(installation(), undefined, {
    name: 'sign-in',
    path: '/console/sign-in?problem=no-role&requestId=0b6f2a1e-6a2b-4f0a-9d0e-2f3c4d5e6f70',
    ready: (page) => page.getByRole('alert').waitFor(),
  });
});
