import { describe, expect, test } from 'vitest';
import { readReply } from '../../../src/queue/gate/gate-messages.ts';
import { anEndpoint, useGates } from './gate-under-test.ts';

const aGate = useGates();

describe('a malformed request is refused, named, and changes nothing', () => {
  const good = { worker: ['worker', 5] };
  const ending = ['fast', 'ten', 'end', 'dlv-1', 'delivered', 0, 0, 0];

  test.each<readonly [string, unknown, string]>([
    ['no object', 7, 'it must be an object'],
    ['slots that are no number', { ...good, worker: ['worker', null] }, 'worker[2] must be a number'],
    ['offers that are no list', { ...good, offers: 'all' }, 'offers must be a list'],
    ['an offer too short', { ...good, offers: [['ten', 'end', 'dlv-1', 5, 0]] }, 'offers[1] must be a list of 6'],
    [
      'an order that is no number',
      { ...good, offers: [['ten', 'end', 'dlv-1', null, 0, 0]] },
      'offers[1][4] must be a number',
    ],
    ['an unknown lane', { ...good, inFlight: [['middle', 'ten', 'end', 'dlv-1']] }, 'inFlight[1][1] must be a lane'],
    [
      'an unknown signal',
      { ...good, endings: [ending, ending.with(4, 'late')] },
      'endings[2][5] must be the kind of a signal',
    ],
    ['an endpoint that is no text', { ...good, reslot: [5] }, 'reslot[1] must be a string'],
  ])('%s', async (_name, request, message) => {
    const gate = aGate();
    await expect(gate.run(JSON.stringify(request))).rejects.toThrow(`malformed request to the gate: ${message}`);
    expect(await gate.keys('*')).toEqual([]);
  });

  test('a reply that is not the script’s is an error', () => {
    expect(() => readReply([1, [], [], -1])).toThrow();
    expect(() => readReply([1, [['fast', 'ten', 'end', 'dlv-1', 0]], [], -1, []])).toThrow('tenant');
    expect(() => readReply([1, [], [[anEndpoint(), 'fails', 5]], -1, []])).toThrow();
  });
});
