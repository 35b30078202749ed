import type { Page } from 'playwright-core';
import { Client } from '../support/client.ts';
import type { Passwire } from '../support/passwire.ts';

// The wizard's steps, as a person goes through them.

interface Vendor {
  readonly label: string;
  /** By their labels. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface EmptyTenant {
  readonly key: string;
  readonly client: Client;
}

export async function emptyTenant({ admin, api }: Passwire): Promise<EmptyTenant> {
  const { id: tenantId } = await admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Cafe Nord' });
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'nord', role: 'tenant', tenantId });
  return { key, client: new Client(() => api.url, key) };
}

export const next = (page: Page) => page.getByRole('button', { name: 'Continue' }).click();
export const step = (page: Page, name: string) => page.getByRole('region', { name }).waitFor();

export async function chooseVendor(page: Page, { label, options = {} }: Vendor): Promise<void> {
  await page.getByRole('radio', { name: label, exact: true }).click();
  for (const [option, value] of Object.entries(options)) await page.getByLabel(option).fill(value);
  await next(page);
}

export async function fillUrl(page: Page, url: string): Promise<void> {
  await page.getByLabel('Endpoint URL').fill(url);
  await page
    .getByTestId('endpoint-check')
    .getByText(/127\.0\.0\.1/)
    .waitFor();
  await next(page);
}

export async function makeTemplate(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name: 'A new template' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await page.getByLabel('External id').fill('loyalty');
  for (const [index, key] of ['first_name', 'points'].entries()) {
    await page.getByRole('button', { name: 'Add a field' }).click();
    await page.getByLabel(`Key of field ${index + 1}`).fill(key);
    await page.getByLabel(`Sample of field ${index + 1}`).fill(key === 'points' ? '120' : 'Ann');
  }
  await page.getByRole('button', { name: 'Create the template' }).click();
  await page.getByText(`The template ${name} was created.`).waitFor();
  await next(page);
}
