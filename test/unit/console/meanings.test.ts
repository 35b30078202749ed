import { describe, expect, test } from 'vitest';
import { MEANINGS, type Scheme, SURFACES, TONES } from '../../../console/src/theme/meanings.ts';

const SCHEMES: readonly Scheme[] = ['light', 'dark'];

/** Contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each(SCHEMES)('colours in %s', (scheme) => {
  const { page, text, dimmed } = SURFACES[scheme];

  test('of text are readable on the page', () => {
    expect(contrast(text, page)).toBeGreaterThanOrEqual(7);
    expect(contrast(dimmed, page)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(MEANINGS)('of %s: words 4.5:1, marks 3:1, on the page and on their own ground', (meaning) => {
    const { text: words, mark, back } = TONES[scheme][meaning];
    for (const ground of [page, back]) {
      expect(contrast(words, ground)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(mark, ground)).toBeGreaterThanOrEqual(3);
    }
  });

  test('of different meanings differ', () => {
    expect(new Set(MEANINGS.map((meaning) => TONES[scheme][meaning].mark)).size).toBe(MEANINGS.length);
  });
});
