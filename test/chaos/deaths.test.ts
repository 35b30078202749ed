import { PROCESS_FAULTS } from './scenarios/processes.ts';
import { REPLAY_FAULTS } from './scenarios/replays.ts';
import { tryAll } from './try.ts';

tryAll([...PROCESS_FAULTS, ...REPLAY_FAULTS]);
