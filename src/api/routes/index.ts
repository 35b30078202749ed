import { exportsOf } from '../exports.ts';
import type { Route } from '../route.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { auditRoutes } from './audit.ts';
import { currentWorkRoutes } from './current-work.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { deliveryRoutes } from './deliveries.ts';
import { deliveryRequestRoutes } from './delivery-request.ts';
import { dialectRoutes } from './dialects.ts';
import { dryRunRoutes } from './dry-runs.ts';
import { endpointCheckRoutes } from './endpoint-checks.ts';
import { endpointRoutes } from './endpoints.ts';
import { erasureRoutes } from './erasures.ts';
import { eventRoutes } from './events.ts';
import { integrationRoutes } from './integrations.ts';
import { meRoutes } from './me.ts';
import { portalLinkRoutes } from './portal-links.ts';
import { proofRoutes } from './proofs.ts';
import { replayRoutes } from './replays.ts';
import { searchRoutes } from './search.ts';
import { statsRoutes } from './stats.ts';
import { streamRoutes } from './stream.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { templateRoutes } from './templates.ts';
import { tenantRoutes } from './tenants.ts';
import { testRoutes } from './tests.ts';
import { workerRoutes } from './workers.ts';

/** The busiest stand first. */
const OWN_ROUTES: readonly Route[] = [
  ...eventRoutes,
  ...proofRoutes,
  ...deliveryRoutes,
  ...deliveryRequestRoutes,
  ...deadLetterRoutes,
  ...replayRoutes,
  ...erasureRoutes,
  ...dryRunRoutes,
  ...searchRoutes,
  ...streamRoutes,
  ...subscriptionRoutes,
  ...testRoutes,
  ...statsRoutes,
  ...currentWorkRoutes,
  ...endpointCheckRoutes,
  ...endpointRoutes,
  ...integrationRoutes,
  ...templateRoutes,
  ...dialectRoutes,
  ...tenantRoutes,
  ...workerRoutes,
  ...apiKeyRoutes,
  ...portalLinkRoutes,
  ...auditRoutes,
  ...meRoutes,
];

/** Every route of the API. Exports first: `/v1/deliveries/export` is no delivery. */
export const ROUTES: readonly Route[] = [...exportsOf(OWN_ROUTES), ...OWN_ROUTES];
