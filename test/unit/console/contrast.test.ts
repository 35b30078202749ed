import { describe, expect, test } from 'vitest';
import { contrastOf, legible } from '../../../console/src/theme/contrast.ts';
import { SURFACES } from '../../../console/src/theme/meanings.ts';
import { primaryShades } from '../../../console/src/theme/primary-shades.ts';

const channels = ['00', '33', '66', '99', 'cc', 'ff'];
const colours = channels.flatMap((red) => channels.flatMap((green) => channels.map((blue) => `#${red}${green}${blue}`)));
const pages = Object.values(SURFACES).map(({ page }) => page);

test('contrast is as WCAG computes it', () => {
  expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrastOf('#0b7285', '#0b7285')).toBe(1);
});

describe.each(pages)('on a page of %s', (page) => {
  test('every colour becomes legible, 4.5:1', () => {
    expect(colours.filter((colour) => contrastOf(legible(colour, page), page) < 4.5)).toEqual([]);
  });

  test('a colour that is legible stays as it is', () => {
    const isLegible = (colour: string) => contrastOf(colour, page) >= 4.5;
    const kept = colours.filter(isLegible);
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.map((colour) => legible(colour, page))).toEqual(kept);
  });
});

test('a primary colour is legible as text, and what is written on it too', () => {
  for (const colour of colours) {
    const { light, dark } = primaryShades(colour);
    expect(contrastOf(light, SURFACES.light.page), colour).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf('#ffffff', light), colour).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(dark, SURFACES.dark.page), colour).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf('#000000', dark), colour).toBeGreaterThanOrEqual(4.5);
  }
});
