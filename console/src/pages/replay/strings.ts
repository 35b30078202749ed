import { showDuration, showNumber } from '../../format/time.ts';
import { replays } from '../../strings/replays.ts';

const SHORTEST_MS = 1000;

export const replay = {
  back: 'Replays',
  of: 'Replay',
  tenant: 'Tenant',
  form: 'Form',
  started: 'Started',
  ended: 'Ended',
  by: 'By',
  endpoint: 'Endpoint',
  subscription: 'Subscription',
  modes: replays.modes,
  progress: 'Progress',
  parts: {
    delivered: 'Delivered',
    failed: 'Failed',
    underWay: 'Under way',
    pastRetention: 'No longer stored',
    skipped: 'Skipped',
    left: 'Left',
  },
  sent: (sent: number, total: number) => `${showNumber(sent)} of ${showNumber(total)} sent`,
  rateNow: (perSecond: number, limit: number) =>
    `Now ${showNumber(Math.round(perSecond * 10) / 10)}/s of at most ${showNumber(limit)}/s.`,
  rateOnly: (limit: number) => `At most ${showNumber(limit)}/s.`,
  takes: (fastMs: number, slowMs: number) => {
    const fast = showDuration(Math.max(SHORTEST_MS * 10, fastMs));
    const slow = showDuration(Math.max(SHORTEST_MS * 10, slowMs));
    return fast === slow ? `The rest takes about ${fast}.` : `The rest takes about ${fast} to ${slow}.`;
  },
  mayClose: 'This page may be closed.',
  paused: 'Paused: nothing more is sent until it is resumed.',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel replay',
  rate: 'Rate',
  rateUnit: '/s',
  setRate: 'Change',
  badRate: 'From 0.1 to 500.',
  cancelTitle: 'Cancel this replay?',
  cancelText: (left: number) => `Stops what is not sent yet: ${showNumber(left)}. What was sent stays sent.`,
  cancelAction: 'Cancel the rest',
  items: 'Deliveries',
  show: { failed: 'Failed', skipped: 'Skipped', all: 'All' },
  columns: { state: 'State', delivery: 'Delivery', sent: 'Sent as', answer: 'Last answer', why: 'Why' },
  skipped: 'Skipped',
  gone: 'No longer stored',
  compare: 'Compare',
  reasons: {
    'subscription deleted': 'Its subscription was deleted.',
    'event no longer stored': 'Its event is no longer stored, so it could not be rendered anew.',
    'body no longer stored': 'Its body is no longer stored.',
    'changed meanwhile': 'It changed after the dry run: it succeeded, or somebody sent or cancelled it.',
  },
  empty: {
    failed: 'Nothing has failed.',
    skipped: 'Nothing was skipped.',
    all: 'Nothing was sent yet.',
  },
  again: (count: number) => `Replay these ${showNumber(count)} again`,
};
