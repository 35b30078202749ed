import { PROCESS_FAULTS } from './scenarios/processes.ts';
import { tryAll } from './try.ts';

tryAll(PROCESS_FAULTS);
