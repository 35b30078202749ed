import { beforeAll, expect, test } from 'vitest';
import { useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

test.each([
  ['deliveries', '?state=dead', 'Store-78913', 'Store-78912'],
  ['dead-letters', '', 'Store-78913', 'Store-78912'],
  ['events', '?passId=Store-78912', 'Store-78912', 'Store-78913'],
] as const)('what the list of %s finds is downloaded, and nothing else', async (list, search, found, other) => {
  const page = await installation().openAs(nord.key, `/console/${list}${search}`);
  await page.getByText(found).first().waitFor();
  for (const format of ['CSV', 'NDJSON']) {
    await page.getByRole('button', { name: 'Export' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: new RegExp(format) }).click();
    const text = await (await (await downloading).createReadStream()).setEncoding('utf8').toArray();
    expect(text.join('')).toContain(found);
    expect(text.join('')).not.toContain(other);
  }
});
