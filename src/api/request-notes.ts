import type { Response } from 'express';
import type { TenantId } from '../domain/id.ts';

/** What becomes known of a request while it is served, for its report. */
export interface RequestNotes {
  /** As OpenAPI writes it: `/v1/templates/{id}`. */
  readonly route?: string;
  readonly caller?: string;
  readonly tenantId?: TenantId;
  readonly problem?: string;
}

export function note(response: Response, notes: RequestNotes): void {
  Object.assign(response.locals, notes);
}

export function notesOf(response: Response): RequestNotes {
  return response.locals;
}
