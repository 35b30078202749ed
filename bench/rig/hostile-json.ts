// Bodies that are as dear to read as their size allows.

const SAFE_BYTES = 256;

/** As many units between commas as fit. */
function filled(bytes: number, open: string, close: string, unit: (index: number) => string): string {
  const units: string[] = [];
  let size = open.length + close.length + SAFE_BYTES;
  for (let index = 0; size < bytes; index++) {
    const next = unit(index);
    units.push(next);
    size += next.length + 1;
  }
  return `${open}${units.join(',')}${close}`;
}

const short = (index: number): string => index.toString(36);

/** Texts by what is expensive about them, each almost `bytes` long; `open` and `close` surround a list, and hold an object each. */
export function hostileTexts(bytes: number, open = '[', close = ']'): Readonly<Record<string, string>> {
  const objectOf = (unit: (index: number) => string) => filled(bytes, `${open}{`, `}${close}`, unit);
  const listOf = (unit: (index: number) => string) => filled(bytes, open, close, unit);
  const long = bytes - SAFE_BYTES;
  return {
    'empty objects': listOf(() => '{}'),
    'one object of many names': objectOf((index) => `"${short(index)}":0`),
    'objects of one name each': listOf((index) => `{"${short(index)}":0}`),
    'a name again and again': objectOf(() => '"a":0'),
    'objects with a name twice': listOf(() => '{"a":0,"a":1}'),
    'escaped names': objectOf((index) => `"\\u0061${short(index)}":0`),
    'long names': objectOf((index) => `"${short(index).padEnd(36, 'x')}":0`),
    'names up to the limit of values': objectOf((index) => `"${short(index).padEnd(42, 'x')}":0`),
    'numbers that a double cannot carry': listOf(() => '0.12345678901234567'),
    'a long number': `${open}1.${'0'.repeat(long)}${close}`,
    'lists in lists': `${open}${'['.repeat(long / 2)}${']'.repeat(long / 2)}${close}`,
    'lists that do not end': open + '['.repeat(long),
    'escaped quotes': `${open}"${'\\"'.repeat(long / 2)}"${close}`,
    'half surrogates': listOf(() => '"\\ud800"'),
  };
}

/** Items of unknown names: 1,000 with as many names as fit. */
export function unknownNames(bytes: number, items: number, nameLength: number): string {
  const each = Math.floor((bytes - SAFE_BYTES) / items) - 8;
  const names = Math.floor(each / (nameLength + 6));
  const item = (number: number) =>
    `{${Array.from({ length: names }, (_, index) => `"${`${short(number)}_${short(index)}`.padEnd(nameLength, 'x')}":0`).join(',')}}`;
  return `{"events":[${Array.from({ length: items }, (_, number) => item(number)).join(',')}]}`;
}
