// @ts-check
// `npm run dev`: API and worker on this machine, started again whenever their source changes, until Ctrl-C. On servers of
// their own that are deleted afterwards, or on those of DATABASE_URL and REDIS_URL. scripts/dev/main.ts does it.
import { runWithServers } from './with-servers.mjs';

await runWithServers('dev', 'scripts/dev/main.ts');
