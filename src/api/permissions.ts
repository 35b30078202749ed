import type { CallerRole } from '../ports/configuration.ts';

const EVERYONE = ['admin', 'tenant', 'producer', 'support', 'portal', 'portal-reader'] as const;
const ADMIN = ['admin'] as const;
/** Who configures a tenant, or sends in its name. */
const OWNERS = ['admin', 'tenant', 'portal'] as const;
/** Whom events and people's data are entrusted to: no page of another site. */
const KEY_OWNERS = ['admin', 'tenant'] as const;
/** Who reads what a tenant configured for its own use, and support does not. */
const OWNING_READERS = ['admin', 'tenant', 'portal', 'portal-reader'] as const;
/** Who reads a tenant's data. */
const READERS = ['admin', 'tenant', 'support', 'portal', 'portal-reader'] as const;
/** Who repairs a tenant's deliveries. */
const REPAIRERS = ['admin', 'tenant', 'support', 'portal'] as const;

/** Support sees that a request was signed, and not how: signatures of a tenant are nothing that it needs. */
export function seesSignatures(role: CallerRole): boolean {
  return maySign(role);
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
  retryDelivery: REPAIRERS,
  replayDelivery: REPAIRERS,
  cancelDelivery: REPAIRERS,

  listDeadLetters: READERS,
  exportDeadLetters: READERS,
  getDeadLetter: READERS,
  replayDeadLetter: REPAIRERS,
  discardDeadLetter: REPAIRERS,
  previewDiscard: REPAIRERS,
  discardDeadLetters: REPAIRERS,

  previewReplay: REPAIRERS,
  previewRecovery: REPAIRERS,
  previewBackfill: REPAIRERS,
  createReplay: REPAIRERS,
  listReplays: READERS,
  exportReplays: READERS,
  getReplay: READERS,
  listReplayItems: READERS,
  exportReplayItems: READERS,
  updateReplay: REPAIRERS,
  pauseReplay: REPAIRERS,
  resumeReplay: REPAIRERS,
  cancelReplay: REPAIRERS,

  previewErasure: KEY_OWNERS,
  createErasure: KEY_OWNERS,
  listErasures: KEY_OWNERS,
  exportErasures: KEY_OWNERS,
  getErasure: KEY_OWNERS,

  getStatistics: READERS,
  getBacklog: ['admin', 'support'],
  getRetriesAhead: READERS,
  getCurrentWork: READERS,
  listAttention: READERS,

  listEndpoints: READERS,
  exportEndpoints: READERS,
  getEndpoint: READERS,
  getEndpointBoard: READERS,
  disableEndpoint: REPAIRERS,
  enableEndpoint: REPAIRERS,
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

  createPortalLink: ADMIN,

  listAudit: OWNING_READERS,
  exportAudit: OWNING_READERS,
} as const satisfies Readonly<Record<string, readonly CallerRole[]>>;

export type OperationId = keyof typeof PERMISSIONS;

export function mayCall(role: CallerRole, operationId: OperationId): boolean {
  return rolesOf(operationId).includes(role);
}

export function rolesOf(operationId: OperationId): readonly CallerRole[] {
  return PERMISSIONS[operationId];
}

/** Signatures would let support, or who may only read, send requests that receivers take for ours. */
export function maySign(role: CallerRole): boolean {
  return role !== 'support' && role !== 'portal-reader';
}

/** Every operation that a role may call. */
export function operationsOf(role: CallerRole): readonly OperationId[] {
  return (Object.keys(PERMISSIONS) as OperationId[]).filter((operationId) => mayCall(role, operationId));
}
