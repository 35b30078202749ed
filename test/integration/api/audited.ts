import type { AuditAction } from '../../../src/domain/audit.ts';

/** What each call that changes something leaves in the audit log, by its operation; with it what is changed by the way. */
export const AUDITED: Readonly<Record<string, readonly AuditAction[]>> = {
  createTenant: ['tenant.created'],
  updateTenant: ['tenant.updated'],
  deleteTenant: ['tenant.deleted', 'api-key.revoked', 'integration.deleted', 'template.deleted'],
  createApiKey: ['api-key.created'],
  revokeApiKey: ['api-key.revoked'],
  createPortalLink: ['portal-link.created'],
  createPortalToken: ['portal-link.used'],
  createTemplate: ['template.created'],
  updateTemplate: ['template.updated'],
  deleteTemplate: ['template.deleted'],
  createIntegration: ['integration.created'],
  updateIntegration: ['integration.updated'],
  rotateIntegrationSecret: ['integration.secret-rotated'],
  deleteIntegration: ['integration.deleted', 'subscription.deleted'],
  createSubscription: ['subscription.created'],
  updateSubscription: ['subscription.updated'],
  deleteSubscription: ['subscription.deleted'],
  testSubscription: ['test.sent'],
  retryDelivery: ['delivery.retried'],
  replayDelivery: ['delivery.replayed'],
  cancelDelivery: ['delivery.cancelled'],
  replayDeadLetter: ['dead-letter.replayed'],
  discardDeadLetter: ['dead-letter.discarded'],
  discardDeadLetters: ['dead-letter.discarded'],
  createReplay: ['replay.started'],
  updateReplay: ['replay.rate-changed'],
  pauseReplay: ['replay.paused'],
  resumeReplay: ['replay.resumed'],
  cancelReplay: ['replay.cancelled'],
  disableEndpoint: ['endpoint.disabled', 'subscription.updated'],
  enableEndpoint: ['endpoint.enabled', 'subscription.updated'],
  createErasure: ['erasure.started'],
};

const CHANGES_NOTHING = 'it changes nothing';

/** Why the other calls that are no GET leave nothing there. */
export const NOT_AUDITED: Readonly<Record<string, string>> = {
  postEvent: 'events are the log of the platform, and name the key that posted them',
  postEvents: 'events are the log of the platform, and name the key that posted them',
  createSession: 'the session stands for a key, which is named by what is done with it',
  deleteSession: 'the session stands for a key, which is named by what is done with it',
  inferTemplate: CHANGES_NOTHING,
  describeDraft: CHANGES_NOTHING,
  previewSubscription: CHANGES_NOTHING,
  previewDiscard: CHANGES_NOTHING,
  previewReplay: CHANGES_NOTHING,
  previewRecovery: CHANGES_NOTHING,
  previewBackfill: CHANGES_NOTHING,
  previewErasure: CHANGES_NOTHING,
  checkEndpoint: CHANGES_NOTHING,
};
