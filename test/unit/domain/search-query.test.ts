import { expect, test } from 'vitest';
import { recognise } from '../../../src/domain/search-query.ts';

const UUID = '0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77';

const text = (value: string) => ({ as: 'text', text: value });

test.each([
  [`dlv_${UUID}`, { as: 'id', kind: 'delivery', id: `dlv_${UUID}` }],
  [` "DLV_${UUID.toUpperCase()}", `, { as: 'id', kind: 'delivery', id: `dlv_${UUID}` }],
  [`dlv_${UUID.replaceAll('-', '')}`, { as: 'id', kind: 'delivery', id: `dlv_${UUID}` }],
  [`webhook-id: msg_${UUID}`, { as: 'id', kind: 'message', id: `msg_${UUID}` }],
  [`<rpl_${UUID}>`, { as: 'id', kind: 'replay', id: `rpl_${UUID}` }],
  [`{"type": "x", "data": {"eventId": "evt_${UUID}"}}`, { as: 'id', kind: 'event', id: `evt_${UUID}` }],
  ['{"pass-id": "Store-78912", "points": 1}', text('Store-78912')],
  [`{"event_id": "${UUID}"}`, { as: 'uuid', uuid: UUID }],
  [UUID.toUpperCase(), { as: 'uuid', uuid: UUID }],
  [UUID.replaceAll('-', ''), { as: 'uuid', uuid: UUID }],
  ['https://hooks.example.com/wallet', { as: 'url', url: 'https://hooks.example.com/wallet' }],
  ['hooks.Example.com', { as: 'host', host: 'hooks.example.com' }],
  ['localhost.test:8443', { as: 'host', host: 'localhost.test:8443' }],
  ['store.78912', text('store.78912')],
  ['(503)', { as: 'status', status: '503' }],
  ['5XX', { as: 'status', status: '5xx' }],
  ['dlv_nonsense', text('dlv_nonsense')],
  ["'Store 78912'", text('Store 78912')],
  ['{"broken', text('broken')],
  ['', text('')],
])('%j is recognised', (pasted, recognised) => {
  expect(recognise(pasted)).toEqual([recognised]);
});

test('of a line of a log every known id is tried, ids of ours first', () => {
  const line = `2026-11-24T10:02:11Z WARN hook failed passId=Store-78912 status=503 tracking-id: r-1, delivery=dlv_${UUID}`;
  expect(recognise(line)).toEqual([{ as: 'id', kind: 'delivery', id: `dlv_${UUID}` }, text('r-1'), text('Store-78912')]);
});

test('of header lines the id is taken, of a nested body the most exact first, of a cut body what is there', () => {
  const headers = `content-type: application/json\nwebhook-id: msg_${UUID}\nwebhook-timestamp: 1764000000`;
  expect(recognise(headers)[0]).toEqual({ as: 'id', kind: 'message', id: `msg_${UUID}` });
  const body = JSON.stringify({ id: 'e-1', data: { pass: [{ identifier: 'P-1' }], passId: 7, event_id: 'e-2' } });
  expect(recognise(body)).toEqual([text('e-2'), text('P-1'), text('e-1')]);
  expect(recognise('{"data": {"passId": "P-9", "po')).toEqual([text('P-9')]);
});

test('a text with many ids is tried a few times only', () => {
  const many = Array.from({ length: 40 }, (_, n) => `id=x-${n}`).join(' ');
  expect(recognise(many)).toHaveLength(8);
});
