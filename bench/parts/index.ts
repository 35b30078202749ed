import type { PartResult } from '../rig/figures.ts';
import type { Rig } from '../rig/rig.ts';
import { baselines } from './baselines.ts';
import { fairness } from './fairness.ts';
import { find } from './find.ts';
import { firstPaint } from './first-paint.ts';
import { isolation } from './isolation.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { profile } from './profile.ts';
import { replaying } from './replaying.ts';
import { requests } from './requests.ts';
import { retention } from './retention.ts';
import { stored } from './stored.ts';
import { telemetry } from './telemetry.ts';
import { throughput } from './throughput.ts';
import { watching } from './watching.ts';

type Part = (rig: Rig) => Promise<PartResult>;

export const PARTS = {
  throughput,
  latency,
  isolation,
  fairness,
  memory,
  stored,
  telemetry,
  watching,
  requests,
  retention,
  replaying,
  find,
  'first-paint': firstPaint,
  baselines,
  profile,
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof PARTS;

/** `throughput` measures the baselines too, and a profile is asked for by name. */
export const DEFAULT_PARTS: readonly PartName[] = [
  'throughput',
  'latency',
  'isolation',
  'fairness',
  'memory',
  'stored',
  'telemetry',
  'requests',
  'retention',
  'replaying',
  'find',
];

export function isPart(name: string): name is PartName {
  return Object.hasOwn(PARTS, name);
}
