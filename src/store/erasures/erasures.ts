import {
  addCounts,
  type ErasureCounts,
  type ErasureState,
  type ErasureSubject,
  NOTHING_ERASED,
} from '../../domain/erasure.ts';
import { toId, toUuid } from '../../domain/id.ts';
import type { Erasure, ErasureStore, RunningErasure } from '../../ports/erasures.ts';
import { allOf } from '../conditions.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { createTenantRows } from '../tenant-rows.ts';
import { type AnswerReplacement, eraseAnswers } from './erase-answers.ts';
import { erasePass } from './erase-pass.ts';
import { countPasses, searchPasses } from './find-passes.ts';

const select = Prisma.sql`
  SELECT id, tenant_id, subject, subject_hash, plan_key_id, plan_box, state, searched, passes, counts, created_by, created_at, ended_at
  FROM erasures`;

/** @param replacement what takes the place of an erased answer */
export function createErasureStore(db: Database, replacement: AnswerReplacement): ErasureStore {
  const rows = createTenantRows(db, select, erasureOf);
  return {
    count: (tenantId, passIds) => countPasses(db, tenantId, passIds),
    search: (tenantId, userProvidedId, cursor) => searchPasses(db, tenantId, userProvidedId, cursor),

    async create({ id, tenantId, subject, subjectHash, passes, createdBy, plan, searched }) {
      const [row] = await db.$transaction(
        (tx) => tx.$queryRaw<ErasureRow[]>`
        INSERT INTO erasures (id, tenant_id, subject, subject_hash, plan_key_id, plan_box, searched, passes, created_by)
        VALUES (${toUuid(id)}::uuid, ${toUuid(tenantId)}::uuid, ${subject}, ${subjectHash}, ${plan.keyId}, ${plan.box}, ${searched},
          ${passes}, ${createdBy})
        RETURNING *`,
      );
      if (!row) throw new Error('an erasure was not stored');
      return erasureOf(row);
    },

    find: (tenantId, id) => rows.find(tenantId, id),
    list: (tenantId, hashes, page) =>
      rows.list(tenantId, allOf(hashes && Prisma.sql`subject_hash = ANY(${hashes}::text[])`), page),

    async running() {
      // erasures_running_idx
      const running = await db.$queryRaw<ErasureRow[]>`${select} WHERE state = 'running' ORDER BY id LIMIT 100`;
      return running.map(runningErasureOf);
    },

    async setPasses(id, passes, plan) {
      await db.$executeRaw`
        UPDATE erasures SET passes = ${passes}, plan_key_id = ${plan.keyId}, plan_box = ${plan.box}, searched = true
        WHERE id = ${toUuid(id)}::uuid AND state = 'running'`;
    },

    erase: (erasure, pass) => erasePass(db, erasure, pass),
    eraseAnswers: (erasure, quoted, cursor) => eraseAnswers(db, erasure, quoted, replacement, cursor),

    async isSettled(id) {
      const [row] = await db.$queryRaw<{ settled: boolean }[]>`
        SELECT pg_snapshot_xmin(pg_current_snapshot())::text::numeric > begun_in::numeric AS settled
        FROM erasures WHERE id = ${toUuid(id)}::uuid`;
      return row?.settled ?? false;
    },

    async finish(id) {
      await db.$executeRaw`
        UPDATE erasures SET state = 'done', ended_at = now(), plan_key_id = NULL, plan_box = NULL
        WHERE id = ${toUuid(id)}::uuid AND state = 'running'`;
    },
  };
}

interface ErasureRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly subject: string;
  readonly subject_hash: string;
  readonly plan_key_id: string | null;
  readonly plan_box: Uint8Array | null;
  readonly state: string;
  readonly searched: boolean;
  readonly passes: number;
  readonly counts: Partial<ErasureCounts>;
  readonly created_by: string;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

function erasureOf(row: ErasureRow): Erasure {
  return {
    id: toId('erasure', row.id),
    tenantId: toId('tenant', row.tenant_id),
    subject: row.subject as ErasureSubject,
    subjectHash: row.subject_hash,
    state: row.state as ErasureState,
    passes: row.passes,
    counts: addCounts(NOTHING_ERASED, row.counts),
    createdBy: row.created_by,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}

function runningErasureOf(row: ErasureRow): RunningErasure {
  const plan = { keyId: row.plan_key_id ?? '', box: row.plan_box ?? new Uint8Array() };
  return { ...erasureOf(row), plan, searched: row.searched };
}
