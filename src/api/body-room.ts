import type { Request, Response } from 'express';
import { Overloaded } from '../domain/errors.ts';

/** The request bodies that a process serves at once: twice what one key may have while they are read (KEY_BODY_MIB). */
const MAX_BYTES = 128 * 1024 * 1024;

/** The part of the room that one request occupies until its response has ended. */
export interface OccupiedRoom {
  /** Counts bytes that were read. */
  add(bytes: number): void;
}

/** Bounds the bodies of the requests that are served: while Postgres is slow, they must not fill the memory. */
export class BodyRoom {
  #bytes = 0;

  /**
   * Counts the body of a request from now until its response has ended: what is announced, or what was read once that is more. A
   * request that finds no other always has room.
   *
   * @throws Overloaded when there is no room
   */
  enter(request: Request, response: Response): OccupiedRoom {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (this.#bytes > 0 && this.#bytes + announced > MAX_BYTES)
      throw new Overloaded('Requests come in faster than they can be served');
    if (response.closed) return { add() {} }; // its client has gone: nothing would end the count
    let counted = 0;
    let read = 0;
    const count = (bytes: number): void => {
      counted += bytes;
      this.#bytes += bytes;
    };
    count(announced);
    response.once('close', () => count(-counted));
    return {
      add: (bytes) => {
        read += bytes;
        if (!response.closed && read > counted) count(read - counted);
      },
    };
  }
}
