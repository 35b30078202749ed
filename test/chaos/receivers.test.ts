import { RECEIVER_FAULTS } from './scenarios/receivers.ts';
import { tryAll } from './try.ts';

tryAll(RECEIVER_FAULTS);
