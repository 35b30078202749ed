import { styleText } from 'node:util';

const INDENT = '    ';
const MAX_WIDTH = 120;
const NAME_WIDTH = 12;

type Style = Parameters<typeof styleText>[0];

/** Coloured on a terminal, plain in a file or a pipe. */
function styled(style: Style, text: string): string {
  return process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
}

export function title(text: string): void {
  console.log(`\n${styled('bold', text)}\n`);
}

export function heading(text: string, more = ''): void {
  console.log(`  ${styled('cyan', text)}${more && `  ${styled('dim', more)}`}`);
}

/** A name and what it stands for, aligned. */
export function entry(name: string, text: string): void {
  console.log(`  ${name.padEnd(NAME_WIDTH)}${text}`);
}

export function line(text: string): void {
  console.log(INDENT + text);
}

/** A text wrapped at the width of the terminal, with its indentation on every line. */
export function verbatim(text: string): void {
  const width = Math.min(process.stdout.columns || MAX_WIDTH, MAX_WIDTH) - INDENT.length;
  const characters = [...text];
  for (let from = 0; from < characters.length; from += width) {
    console.log(INDENT + styled('dim', characters.slice(from, from + width).join('')));
  }
  console.log();
}

/** `yes` with a tick, or with a cross that is hard to overlook. */
export function ticked(ok: boolean, what: string): string {
  return ok ? `${styled('green', '✓')} ${what}` : styled('red', `✗ ${what}`);
}

export function state(delivery: string): string {
  return styled(delivery === 'succeeded' ? 'green' : delivery === 'dead' ? 'red' : 'yellow', delivery);
}

/** A command to copy: never broken, never coloured. */
export function command(text: string): void {
  console.log(`\n  ${text}\n`);
}
