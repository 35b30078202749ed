import type { Announcer } from '../../src/ports/changes.ts';
import type { ApiTelemetry, DeliveryTelemetry } from '../../src/ports/telemetry.ts';

/** Drops every report: for tests of verbs whose reports do not matter. */
export const NO_TELEMETRY: ApiTelemetry & DeliveryTelemetry = {
  attemptMade() {},
  endpointChanged() {},
  endpointDisabled() {},
  eventsStored() {},
  requestServed() {},
};

/** Nobody watches. */
export const NO_ANNOUNCER: Announcer = { isWanted: false, announce() {} };
