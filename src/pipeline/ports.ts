// What pipeline and admin need of the world. Store, queue and sender implement it; container.ts connects them.

export * from './ports/configuration.ts';
export type * from './ports/deliveries.ts';
export type * from './ports/delivery-log.ts';
export * from './ports/endpoint-health.ts';
export * from './ports/endpoints.ts';
export type * from './ports/events.ts';
export type * from './ports/idempotency.ts';
export type * from './ports/page.ts';
export type * from './ports/process.ts';
export type * from './ports/queue.ts';
export type * from './ports/sending.ts';
