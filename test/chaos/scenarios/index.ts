import { PROCESS_FAULTS } from './processes.ts';
import { RECEIVER_FAULTS } from './receivers.ts';
import { REPLAY_FAULTS } from './replays.ts';
import type { Scenario } from './scenario.ts';
import { SERVER_FAULTS } from './servers.ts';

export const SCENARIOS: readonly Scenario[] = [...PROCESS_FAULTS, ...REPLAY_FAULTS, ...SERVER_FAULTS, ...RECEIVER_FAULTS];
