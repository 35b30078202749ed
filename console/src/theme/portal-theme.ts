import type { MantineColorsTuple, MantineThemeOverride } from '@mantine/core';
import { mixed } from './contrast.ts';
import { SURFACES } from './meanings.ts';
import { primaryShades } from './primary-shades.ts';

/** The theme with a primary colour of the platform, adapted to the page in light and dark. */
export function withPrimary(theme: MantineThemeOverride, colour: string): MantineThemeOverride {
  const { light, dark } = primaryShades(colour);
  const tint = (share: number): string => mixed(light, SURFACES.light.page, share);
  const portal: MantineColorsTuple = [tint(0.95), tint(0.88), tint(0.75), dark, dark, dark, dark, light, light, light];
  return { ...theme, primaryColor: 'portal', colors: { ...theme.colors, portal } };
}
