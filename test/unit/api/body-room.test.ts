import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { expect, test } from 'vitest';
import { BodyRoom } from '../../../src/api/body-room.ts';
import { Overloaded } from '../../../src/domain/errors.ts';

const MIB = 1024 * 1024;

class Answer extends EventEmitter {
  closed = false;

  close(): void {
    this.closed = true;
    this.emit('close');
  }
}

/** A request that announces so many bytes; undefined: it announces nothing. */
function enter(room: BodyRoom, announced: number | undefined, answer = new Answer()) {
  const headers = announced === undefined ? {} : { 'content-length': String(announced) };
  const occupied = room.enter({ headers } as Request, answer as unknown as Response);
  return { occupied, answer };
}

test('bodies beyond the bound are refused until responses have ended', () => {
  const room = new BodyRoom();
  const bodies = [32, 32, 32, 31].map((mib) => enter(room, mib * MIB));
  expect(() => enter(room, 2 * MIB)).toThrow(Overloaded);
  enter(room, MIB);
  bodies[0]?.answer.close();
  enter(room, 32 * MIB);
  expect(() => enter(room, 1)).toThrow(Overloaded);
});

test('a body of unknown length, or a compressed one, counts by what was read', () => {
  const room = new BodyRoom();
  const [chunked, compressed] = [enter(room, undefined), enter(room, MIB)];
  for (let read = 0; read < 80; read++) chunked.occupied.add(MIB);
  for (let read = 0; read < 48; read++) compressed.occupied.add(MIB);
  expect(() => enter(room, 1)).toThrow(Overloaded);
  chunked.answer.close();
  enter(room, 80 * MIB);
});

test('a request that is alone has room, and one whose client has gone occupies none', () => {
  const room = new BodyRoom();
  const gone = new Answer();
  gone.close();
  enter(room, 160 * MIB, gone).occupied.add(160 * MIB);
  const large = enter(room, 160 * MIB);
  expect(() => enter(room, 1)).toThrow(Overloaded);
  large.answer.close();
  large.occupied.add(200 * MIB);
  enter(room, 128 * MIB);
});
