import type { RetentionStore } from '../../ports/retention.ts';
import type { Database } from '../database.ts';
import { expire, openDeliveries } from './expire-open.ts';
import { storeNowMs } from './now.ts';
import { deleteDeadLetters, deleteFromDefault, expiredDefault } from './old-rows.ts';
import { detachWeek, dropDetached, expiredWeeks } from './weeks.ts';

export function createRetentionStore(db: Database): RetentionStore {
  return {
    nowMs: () => storeNowMs(db),

    async expired(beforeMs) {
      const rest = await expiredDefault(db, beforeMs);
      return [...(await expiredWeeks(db, beforeMs)), ...(rest ? [rest] : [])];
    },

    open: (part, most) => openDeliveries(db, part, most),
    expire: (expiries) => expire(db, expiries),
    remove: (part) => (part.name === 'default' ? deleteFromDefault(db, part) : detachWeek(db, part)),
    dropRemoved: () => dropDetached(db),
    deleteDeadLetters: (beforeMs, most) => deleteDeadLetters(db, beforeMs, most),
  };
}
