import type { Role } from '../ports/configuration.ts';

const EVERYONE = ['admin', 'tenant', 'producer', 'support'] as const;
const ADMIN = ['admin'] as const;
/** Who configures a tenant, or sends in its name. */
const OWNERS = ['admin', 'tenant'] as const;
/** Who reads a tenant's data and repairs its deliveries. */
const READERS = ['admin', 'tenant', 'support'] as const;

/** Support sees that a request was signed, and not how: signatures of a tenant are nothing that it needs. */
export function seesSignatures(role: Role): boolean {
  return role !== 'support';
}

/** Which roles may call which operation. Nothing else decides it; docs/api.md repeats it, and a test compares the two. */
export const PERMISSIONS = {
  postEvent: ['admin', 'tenant', 'producer'],
  postEvents: ['admin', 'tenant', 'producer'],
  searchObjects: READERS,
  watchChanges: READERS,

  listEvents: READERS,
  exportEvents: READERS,
  getEvent: READERS,
  getEventProof: READERS,

  listDeliveries: READERS,
  exportDeliveries: READERS,
  getDelivery: READERS,
  getDeliveryBody: READERS,
  /** It is signed: see `maySign`. */
  getDeliveryRequest: OWNERS,
  retryDelivery: READERS,
  replayDelivery: READERS,
  cancelDelivery: READERS,

  listDeadLetters: READERS,
  exportDeadLetters: READERS,
  getDeadLetter: READERS,
  replayDeadLetter: READERS,
  discardDeadLetter: READERS,
  previewDiscard: READERS,
  discardDeadLetters: READERS,

  previewReplay: READERS,
  previewRecovery: READERS,
  previewBackfill: READERS,
  createReplay: READERS,
  listReplays: READERS,
  exportReplays: READERS,
  getReplay: READERS,
  listReplayItems: READERS,
  exportReplayItems: READERS,
  updateReplay: READERS,
  pauseReplay: READERS,
  resumeReplay: READERS,
  cancelReplay: READERS,

  previewErasure: OWNERS,
  createErasure: OWNERS,
  listErasures: OWNERS,
  exportErasures: OWNERS,
  getErasure: OWNERS,

  getStatistics: READERS,
  getBacklog: ['admin', 'support'],
  getRetriesAhead: READERS,
  getCurrentWork: READERS,
  listAttention: READERS,

  listEndpoints: READERS,
  exportEndpoints: READERS,
  getEndpoint: READERS,
  getEndpointBoard: READERS,
  disableEndpoint: READERS,
  enableEndpoint: READERS,
  checkEndpoint: OWNERS,

  listWorkers: ['admin', 'support'],

  createSubscription: OWNERS,
  listSubscriptions: READERS,
  exportSubscriptions: READERS,
  previewSubscription: READERS,
  getSubscription: READERS,
  updateSubscription: OWNERS,
  deleteSubscription: OWNERS,
  testSubscription: OWNERS,

  createIntegration: OWNERS,
  listIntegrations: READERS,
  exportIntegrations: READERS,
  getIntegration: READERS,
  updateIntegration: OWNERS,
  deleteIntegration: OWNERS,
  rotateIntegrationSecret: OWNERS,
  getIntegrationPublicKeys: READERS,

  createTemplate: OWNERS,
  inferTemplate: OWNERS,
  listTemplates: READERS,
  exportTemplates: READERS,
  getTemplate: READERS,
  updateTemplate: OWNERS,
  deleteTemplate: OWNERS,
  describeTemplate: READERS,
  describeDraft: READERS,

  listDialects: EVERYONE,
  getDialect: EVERYONE,

  getMe: EVERYONE,

  createTenant: ADMIN,
  listTenants: ['admin', 'support'],
  exportTenants: ['admin', 'support'],
  getTenant: ['admin', 'support'],
  updateTenant: ADMIN,
  deleteTenant: ADMIN,

  createApiKey: ADMIN,
  listApiKeys: ADMIN,
  exportApiKeys: ADMIN,
  getApiKey: ADMIN,
  revokeApiKey: ADMIN,

  listAudit: OWNERS,
  exportAudit: OWNERS,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type OperationId = keyof typeof PERMISSIONS;

export function mayCall(role: Role, operationId: OperationId): boolean {
  return rolesOf(operationId).includes(role);
}

export function rolesOf(operationId: OperationId): readonly Role[] {
  return PERMISSIONS[operationId];
}

/** Signatures would let the holder of a support key send requests that receivers take for ours. */
export function maySign(role: Role): boolean {
  return role !== 'support';
}

/** Every operation that a role may call. */
export function operationsOf(role: Role): readonly OperationId[] {
  return (Object.keys(PERMISSIONS) as OperationId[]).filter((operationId) => mayCall(role, operationId));
}
