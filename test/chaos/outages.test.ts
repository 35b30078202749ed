import { SERVER_FAULTS } from './scenarios/servers.ts';
import { tryAll } from './try.ts';

tryAll(SERVER_FAULTS);
