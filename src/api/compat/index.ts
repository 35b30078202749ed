import { type RequestHandler, Router } from 'express';
import type { Context } from '../route.ts';
import { describeDoors } from './describe-doors.ts';
import type { Door } from './door.ts';
import { passcreatorDoor } from './passcreator/door.ts';
import { passentryDoor } from './passentry/door.ts';
import { serveDoor } from './serve-door.ts';
import { vibesDoor } from './vibes/door.ts';
import { zapierDoor } from './zapier/door.ts';

export const DOORS: readonly Door[] = [vibesDoor, passcreatorDoor, passentryDoor, zapierDoor];

/** The vendors' registration APIs, each below its name, and the document that describes them. */
export function serveDoors(context: Context): Router {
  const router = Router();
  router.get('/openapi.json', answerDocument());
  for (const door of DOORS) router.use(`/${door.name}`, serveDoor(context, door));
  return router;
}

function answerDocument(): RequestHandler {
  let text: string | undefined;
  return (_request, response) => {
    text ??= JSON.stringify(describeDoors(DOORS));
    response.set('content-type', 'application/json; charset=utf-8').end(text);
  };
}
