import { toUuid } from '../../domain/id.ts';
import type { ConsentStore } from '../../ports/consents.ts';
import type { Database } from '../database.ts';

export function createConsentStore(db: Database): ConsentStore {
  return {
    async find(endpointId) {
      const row = await db.endpoint.findUnique({ where: { id: toUuid(endpointId) }, select: { consent: true } });
      return row?.consent ?? undefined;
    },
    async save(endpointId, consent) {
      await db.endpoint.updateMany({ where: { id: toUuid(endpointId) }, data: { consent } });
    },
  };
}
