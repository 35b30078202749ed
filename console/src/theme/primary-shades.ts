import { legible } from './contrast.ts';
import { type Scheme, SURFACES } from './meanings.ts';

/** Text in it is legible on tints of it too, which are closer to it than the page is. */
const ON_TINTS = 5.5;
/** From here on Mantine writes on it in black. */
const WITH_BLACK_TEXT = 6;

/** A primary colour, adapted to the pages in light and dark: as text, and below text in white or black. */
export function primaryShades(colour: string): Readonly<Record<Scheme, string>> {
  return {
    light: legible(colour, SURFACES.light.page, ON_TINTS),
    dark: legible(colour, SURFACES.dark.page, WITH_BLACK_TEXT),
  };
}
