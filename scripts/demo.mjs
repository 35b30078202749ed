// @ts-check
// `npm run demo`: Passwire at work on this machine, from nothing; `npm run demo -- --once` ends by itself, with 0 when every
// delivery is where it should be. scripts/demo/main.ts is the demo itself.
import { runWithServers } from './with-servers.mjs';

await runWithServers('demo', 'scripts/demo/main.ts');
