import { expect, test } from 'vitest';
import { limitedSuggest, suggest } from '../../../src/domain/suggest.ts';

test.each([
  ['pass-di', ['pass-id', 'barcode-value'], 'pass-id'],
  ['PASS-ID', ['pass-id'], 'pass-id'],
  ['pass_id', ['pass-id'], 'pass-id'],
  ['createdOn', ['createdOnn', 'createdOn'], 'createdOn'],
  ['ab', ['ax', 'ay'], 'ax'],
  ['something', ['barcode-value'], undefined],
  ['pass-id', [], undefined],
  ['a', ['a very long name'], undefined],
  ['pass.redeemed', ['pass.refreshed', 'pass.created'], undefined],
  ['pass.deleted', ['pass.created', 'pass.updated'], undefined],
  ['pass.removed', ['pass.refreshed', 'pass.voided'], undefined],
  ['pass.instal', ['pass.installed'], undefined],
  ['pass.install', ['pass.installed', 'pass.uninstalled'], 'pass.installed'],
  ['pass.instaled', ['pass.uninstalled', 'pass.installed'], 'pass.installed'],
  ['pass.craeted', ['pass.created'], 'pass.created'],
  ['devcie', ['device'], 'device'],
  ['devise', ['device'], 'device'],
  ['tier', ['type'], undefined],
  ['/genericProperties/foo', ['/genericProperties/note'], undefined],
  ['x'.repeat(300), ['y'.repeat(300)], undefined],
  ['/wallet_item/uid', ['/wallet_item/uuid', '/wallet_item/url'], '/wallet_item/uuid'],
])('%s among %o is meant as %s', (name, candidates, expected) => {
  expect(suggest(name, candidates)).toBe(expected);
});

test('after ten suggestions no candidates are collected any more', () => {
  const near = limitedSuggest();
  let collected = 0;
  const candidates = () => {
    collected += 1;
    return ['device'];
  };
  const suggested = Array.from({ length: 1000 }, () => near('devise', candidates));
  expect([collected, suggested.filter((word) => word === 'device').length]).toEqual([10, 10]);
});
