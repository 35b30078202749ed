/** A colour as its red, green and blue, 0 to 255. */
type Rgb = readonly [number, number, number];

const STEP = 0.02;
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
const MAX_CHANNEL = 255;

/** The contrast of two colours as `#0b7285`, 1 to 21 (WCAG 2.2). */
export function contrastOf(one: string, other: string): number {
  const [lighter, darker] = [luminanceOf(read(one)), luminanceOf(read(other))].sort((a, b) => b - a);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

/** The colour, darkened on a light page and lightened on a dark one until text in it has this contrast to the page. */
export function legible(colour: string, page: string, contrast = 4.5): string {
  const goal = luminanceOf(read(page)) > 0.5 ? BLACK : WHITE;
  for (let share = 0; share < 1; share += STEP) {
    const mixed = write(mix(read(colour), goal, share));
    if (contrastOf(mixed, page) >= contrast) return mixed;
  }
  return write(goal);
}

/** `share` of the second colour in the first one. */
export function mixed(one: string, other: string, share: number): string {
  return write(mix(read(one), read(other), share));
}

function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2): number => one[index] + (other[index] - one[index]) * share;
  return [part(0), part(1), part(2)];
}

function luminanceOf(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const channel = value / MAX_CHANNEL;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function read(colour: string): Rgb {
  const at = (from: number): number => Number.parseInt(colour.slice(from, from + 2), 16);
  return [at(1), at(3), at(5)];
}

function write(colour: Rgb): string {
  return `#${colour.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}
