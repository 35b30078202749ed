import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError } from 'commander';
import { CommandFailed, EXIT } from './exit.ts';

/** The text of a file; `-` is the standard input. @throws CommandFailed */
export async function readInput(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, EXIT.usage);
  }
}

/** A JSON object from a file. @throws CommandFailed */
export async function readObject(file: string): Promise<object> {
  const value = parseJson(await readInput(file), file);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CommandFailed(`${nameOf(file)} must hold one JSON object.`, EXIT.usage);
  }
  return value;
}

export function parseJson(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CommandFailed(
      `${nameOf(file)} is not valid JSON: ${error instanceof Error ? error.message : error}`,
      EXIT.usage,
    );
  }
}

export function nameOf(file: string): string {
  return file === '-' ? 'The standard input' : file;
}

/** Collects repeated `name=value` options. */
export function pair(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be name=value.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Collects repeated `name=value` options whose values may be JSON: `retries=3`, `flag=true`, `name=text`. */
export function jsonPair(text: string, earlier: Record<string, unknown> = {}): Record<string, unknown> {
  const [[name, value] = ['', '']] = Object.entries(pair(text));
  return { ...earlier, [name]: jsonOrText(value) };
}

/** Collects repeated options. */
export function several(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a text needs no quotes
  }
}
