import { expect, test } from 'vitest';
import { BufferedLines } from '../../../src/telemetry/buffered-lines.ts';

test('lines that come together are written together, in their order', async () => {
  const written: string[] = [];
  const lines = new BufferedLines({ write: (text) => written.push(text) });
  lines.write('a\n');
  lines.write('b\n');
  expect(written).toEqual([]);
  await expect.poll(() => written).toEqual(['a\nb\n']);
  lines.write('c\n');
  lines.flush();
  expect(written).toEqual(['a\nb\n', 'c\n']);
  lines.flush();
  expect(written).toHaveLength(2);
});

test('much text does not wait', () => {
  const written: string[] = [];
  const lines = new BufferedLines({ write: (text) => written.push(text) });
  lines.write('x'.repeat(70_000));
  expect(written).toHaveLength(1);
});
