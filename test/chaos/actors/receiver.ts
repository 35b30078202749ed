import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../support/calls.ts';
import { type Received, Receiver } from '../../support/receiver.ts';
import { nowMs } from '../clock.ts';
import { type Misbehaviour, misbehave } from './misbehaviour.ts';

// The receiver of all endpoints, each on a port of its own. It records every request: when it arrived, how it ended, and how
// many were open at once.

/** What an endpoint does with a request. */
export interface Behaviour {
  /** It takes up to this long to answer, by chance. */
  readonly delayMs?: number;
  /** All take the whole of `delayMs`. */
  readonly steady?: boolean;
  /** This share of the requests is answered with 500, by chance. */
  readonly failShare?: number;
  /** All are answered with this status. */
  readonly refuseWith?: number | undefined;
  readonly misbehaviour?: Misbehaviour;
}

/** One request, as the receiver saw it. */
export interface Arrival {
  /** Its number in the order opened. */
  readonly endpoint: number;
  readonly webhookId: string;
  /** The producer's id of the event, from the body. */
  readonly producerId: string;
  readonly beganAtMs: number;
  /** When the receiver began to answer, or saw the connection break; absent while it is open. */
  readonly endedAtMs?: number;
  /** `taken`: answered 2xx; `refused`: anything else that it meant to do; `cut`: the sender broke off first. */
  readonly fate: Fate;
}

export type Fate = 'open' | 'taken' | 'refused' | 'cut';

interface Endpoint {
  behaviour: Behaviour;
  open: number;
  mostOpen: number;
}

const endpoints: Endpoint[] = [];
const arrivals: { -readonly [K in keyof Arrival]: Arrival[K] }[] = [];

async function answer(number: number, request: Received, response: ServerResponse): Promise<void> {
  const endpoint = endpoints[number] as Endpoint;
  const { delayMs = 0, steady = false, failShare = 0, refuseWith, misbehaviour } = endpoint.behaviour;
  const arrival = note(number, request);
  endpoint.open += 1;
  endpoint.mostOpen = Math.max(endpoint.mostOpen, endpoint.open);
  const end = (fate: Fate): void => {
    if (arrival.endedAtMs !== undefined) return;
    arrival.endedAtMs = nowMs();
    arrival.fate = fate;
    endpoint.open -= 1;
  };
  response.once('close', () => end(misbehaviour ? 'refused' : 'cut'));
  if (misbehaviour) return misbehave(misbehaviour, response, end);
  await sleep(steady ? delayMs : delayMs * Math.random());
  const status = refuseWith ?? (Math.random() < failShare ? 500 : 200);
  end(status === 200 ? 'taken' : 'refused');
  response.writeHead(status).end();
}

function note(endpoint: number, { headers, text }: Received): (typeof arrivals)[number] {
  const { data } = JSON.parse(text) as { readonly data: { readonly producerId: string } };
  const webhookId = String(headers['webhook-id']);
  const arrival = { endpoint, webhookId, producerId: data.producerId, beganAtMs: nowMs(), fate: 'open' as Fate };
  arrivals.push(arrival);
  return arrival;
}

const commands = {
  /** Opens endpoints; returns their URLs. */
  listen: ({ behaviours }: { readonly behaviours: readonly Behaviour[] }): Promise<string[]> =>
    Promise.all(
      behaviours.map(async (behaviour) => {
        const number = endpoints.push({ behaviour, open: 0, mostOpen: 0 }) - 1;
        const receiver = await Receiver.start();
        receiver.answer('/hooks', { by: (request, response) => answer(number, request, response) });
        return receiver.url('/hooks');
      }),
    ),
  /** Sets the response time of all endpoints from now on. */
  delayAll: ({ delayMs }: { readonly delayMs: number }): void => {
    for (const endpoint of endpoints) endpoint.behaviour = { delayMs, steady: true };
  },
  /** Lets all endpoints accept from now on. */
  acceptAll: (): void => {
    for (const endpoint of endpoints) endpoint.behaviour = { ...endpoint.behaviour, refuseWith: undefined };
  },
  /** How many requests are open, and have been for so long. */
  openFor: ({ ms }: { readonly ms: number }): number => {
    const beforeMs = nowMs() - ms;
    return arrivals.filter(({ beganAtMs, endedAtMs }) => endedAtMs === undefined && beganAtMs <= beforeMs).length;
  },
  /** All requests so far, oldest first, and the most that were open at once, by endpoint. */
  seen: () => ({ arrivals, mostOpen: endpoints.map(({ mostOpen }) => mostOpen) }),
};

export type ReceiverCommands = typeof commands;
serve(commands);
