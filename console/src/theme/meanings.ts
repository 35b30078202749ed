/** What a colour means. Always shown with an icon and a word, and used for nothing else. */
export const MEANINGS = ['good', 'underWay', 'waiting', 'attention', 'bad', 'neutral', 'test'] as const;
export type Meaning = (typeof MEANINGS)[number];

export interface Tone {
  /** Of words: 4.5:1 on the page and on `back`. */
  readonly text: string;
  /** Of icons, bars and edges: 3:1 on the page and on `back`. */
  readonly mark: string;
  readonly back: string;
}

export type Scheme = 'light' | 'dark';

/** Hues of Okabe and Ito, which people with any kind of colour vision tell apart, shifted until their contrast is enough. */
export const TONES: Readonly<Record<Scheme, Readonly<Record<Meaning, Tone>>>> = {
  light: {
    good: { text: '#00664d', mark: '#008a66', back: '#e3f5ee' },
    underWay: { text: '#00568f', mark: '#0072b2', back: '#e4f0fa' },
    waiting: { text: '#475569', mark: '#64748b', back: '#eef1f5' },
    attention: { text: '#7d5100', mark: '#a86a00', back: '#fdf2da' },
    bad: { text: '#a93400', mark: '#d04f00', back: '#fdeae1' },
    neutral: { text: '#585c63', mark: '#7b828a', back: '#f1f3f5' },
    test: { text: '#6236b8', mark: '#8257e0', back: '#f4effe' },
  },
  dark: {
    good: { text: '#4fd6ab', mark: '#2db98a', back: '#123a2e' },
    underWay: { text: '#86c5f8', mark: '#4ea3e4', back: '#12324c' },
    waiting: { text: '#b6c3d4', mark: '#8a9ab0', back: '#2b3442' },
    attention: { text: '#f3c550', mark: '#d9a520', back: '#3f310e' },
    bad: { text: '#ff9f73', mark: '#f1743c', back: '#45220f' },
    neutral: { text: '#b4b9bf', mark: '#8b939b', back: '#33363a' },
    test: { text: '#c8adff', mark: '#a988f7', back: '#352750' },
  },
};

/** What the page is made of. The accent is ink, since every hue has a meaning. */
export const SURFACES: Readonly<Record<Scheme, { readonly page: string; readonly text: string; readonly dimmed: string }>> =
  {
    light: { page: '#ffffff', text: '#1a1d21', dimmed: '#5c636b' },
    dark: { page: '#1b1d20', text: '#e3e6e9', dimmed: '#a3abb3' },
  };

/** `underWay`, `text` is `--under-way-text`. */
export function toneVariable(meaning: Meaning, part: keyof Tone): string {
  return `--${meaning.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-${part}`;
}
