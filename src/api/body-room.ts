import type { Request, Response } from 'express';
import { Overloaded } from '../domain/errors.ts';

/** The request bodies that a process has in memory at once. A parsed body takes several times its bytes. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Bounds the bodies of the requests that are served: while Postgres is slow, they must not fill the memory. */
export class BodyRoom {
  #bytes = 0;

  /**
   * Counts the body of a request from now until its response has ended: what is announced, or else what arrives. A request that
   * finds no other always has room.
   *
   * @throws Overloaded when there is no room
   */
  enter(request: Request, response: Response): void {
    let counted = 0;
    const count = (bytes: number): void => {
      counted += bytes;
      this.#bytes += bytes;
    };
    const announced = Number(request.headers['content-length'] ?? 0);
    if (this.#bytes > 0 && this.#bytes + announced > MAX_BYTES)
      throw new Overloaded('Requests come in faster than they can be served');
    response.once('close', () => count(-counted));
    if (announced > 0) count(announced);
    else request.on('data', (chunk: Buffer) => count(chunk.length));
  }
}
