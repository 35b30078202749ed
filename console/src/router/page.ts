import type { ComponentType } from 'react';
import type { operations } from '../../../client/generated/api.ts';
import type { Address } from './addresses.ts';

export type Operation = keyof operations;

/** A page, as its folder in `pages/` describes it in `page.ts`. */
export interface Page {
  readonly address: Address;
  /** The operations that it cannot do without: it is absent for roles that may not call them all. */
  readonly needs: readonly Operation[];
  /** Its place in the navigation; absent for pages that only links lead to. */
  readonly navigation?: Navigation;
  /** Its script, loaded when the page is opened. */
  load(): Promise<{ readonly Page: ComponentType }>;
}

interface Navigation {
  readonly label: string;
  readonly icon: ComponentType<{ readonly size?: number | string; readonly stroke?: number }>;
  readonly group: 'work' | 'setup' | 'installation';
  /** Its place in the group, smallest first. */
  readonly order: number;
  /** `g` and this key lead to it. */
  readonly key?: string;
}
