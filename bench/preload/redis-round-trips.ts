import { Socket } from 'node:net';
import { serve } from '../../test/support/calls.ts';

// Put before the API or the worker in a round of its own: counts what this process sends to Redis. ioredis writes a command,
// or a whole pipeline, to its socket in one piece, so a write is a round trip.

const redisPort = Number(new URL(process.env.REDIS_URL ?? 'redis://localhost').port);
let writes = 0;

const write = Socket.prototype.write;
Socket.prototype.write = function (this: Socket, ...args: unknown[]): boolean {
  if (this.remotePort === redisPort) writes += 1;
  return Reflect.apply(write, this, args);
};

const commands = { redisRoundTrips: () => writes };

export type RoundTripCommands = typeof commands;
serve(commands);
// must not hold up the end of the process
process.channel?.unref();
