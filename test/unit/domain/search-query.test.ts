import { expect, test } from 'vitest';
import { recognise } from '../../../src/domain/search-query.ts';

const UUID = '0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77';

test.each([
  [`dlv_${UUID}`, { as: 'id', kind: 'delivery', id: `dlv_${UUID}` }],
  [` "DLV_${UUID.toUpperCase()}", `, { as: 'id', kind: 'delivery', id: `dlv_${UUID}` }],
  [`webhook-id: msg_${UUID}`, { as: 'id', kind: 'message', id: `msg_${UUID}` }],
  [`<rpl_${UUID}>`, { as: 'id', kind: 'replay', id: `rpl_${UUID}` }],
  [`{"type": "x", "data": {"eventId": "evt_${UUID}"}}`, { as: 'id', kind: 'event', id: `evt_${UUID}` }],
  ['{"pass-id": "Store-78912", "points": 1}', { as: 'text', text: 'Store-78912' }],
  [`{"event_id": "${UUID}"}`, { as: 'uuid', uuid: UUID }],
  [UUID.toUpperCase(), { as: 'uuid', uuid: UUID }],
  ['https://hooks.example.com/wallet', { as: 'url', url: 'https://hooks.example.com/wallet' }],
  ['(503)', { as: 'status', status: '503' }],
  ['5XX', { as: 'status', status: '5xx' }],
  ['dlv_nonsense', { as: 'text', text: 'dlv_nonsense' }],
  ["'Store 78912'", { as: 'text', text: 'Store 78912' }],
  ['{"broken', { as: 'text', text: 'broken' }],
  ['', { as: 'text', text: '' }],
])('%j is recognised', (pasted, recognised) => {
  expect(recognise(pasted)).toEqual(recognised);
});
