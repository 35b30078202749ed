import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getDMMF } from '@prisma/get-dmmf';
import { expect, it } from 'vitest';
import { useDatabase } from '../../support/database.ts';

// Prisma believes schema.prisma, Postgres the SQL of the migrations. Here both are written down in the same words and
// compared, in both directions at once: a table, column, key or index that one has and the other lacks shows as a difference.

const db = useDatabase();
const SCHEMA = readFileSync(join(import.meta.dirname, '../../../prisma/schema.prisma'), 'utf8');

interface TableShape {
  /** By column: type, nullability and whether the database fills it in, as `timestamp(3) with time zone null default`. */
  readonly columns: Record<string, string>;
  readonly primaryKey: readonly string[];
  readonly uniques: readonly string[];
  readonly indexes: readonly string[];
  readonly references: readonly string[];
}

/** What Prisma cannot express: indexes with a condition, or on an expression. */
const ONLY_IN_SQL = [
  'templates_tenant_id_external_id_key',
  'tenants_lower_name_idx',
  'templates_tenant_id_lower_name_idx',
  'integrations_tenant_id_lower_name_idx',
  'replays_running_idx',
  'erasures_running_idx',
  'deliveries_due_at_id_idx',
  'deliveries_endpoint_id_due_at_id_idx',
  'deliveries_open_idx',
  'deliveries_held_idx',
  'deliveries_order_idx',
  'dead_letters_open_idx',
  'subscriptions_disabled_idx',
  'secrets_expires_at_idx',
  'deliveries_trouble_idx',
  'deliveries_last_status_idx',
  'deliveries_tests_idx',
  'events_tests_idx',
  'deliveries_last_failure_idx',
  'events_user_provided_id_idx',
  'events_tracking_id_idx',
  'events_producer_id_idx',
  'endpoints_failing_since_idx',
  'endpoints_written_idx',
];

/** A table without a key, which Prisma's client cannot read. */
const WITHOUT_KEY = 'stat_deltas';

type Datamodel = Exclude<ReturnType<typeof getDMMF>, { type: unknown }>['datamodel'];
type Model = Datamodel['models'][number];
type Field = Model['fields'][number];

const PLAIN_TYPES: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  Float: 'double precision',
  Bytes: 'bytea',
};
const NATIVE_TYPES: Record<string, string> = {
  Uuid: 'uuid',
  SmallInt: 'smallint',
  Json: 'json',
  JsonB: 'jsonb',
  'Timestamptz(3)': 'timestamp(3) with time zone',
};

function typeOf({ type, nativeType }: Field): string {
  const [native, parameters] = nativeType ?? [];
  const name = native === undefined ? '' : `${native}${parameters?.length ? `(${parameters.join(',')})` : ''}`;
  return (native === undefined ? PLAIN_TYPES[type] : NATIVE_TYPES[name]) ?? `unknown ${type} ${name}`;
}

async function shapesOfSchema(): Promise<Record<string, TableShape>> {
  const document = await getDMMF({ datamodel: SCHEMA });
  if (!('datamodel' in document)) throw new Error(document.reason);
  const { models, indexes } = document.datamodel;
  return Object.fromEntries(models.map((model) => [tableOf(model), shapeOf(model, models, indexes)]));
}

const tableOf = (model: Model) => model.dbName ?? model.name;

function shapeOf(model: Model, models: Datamodel['models'], indexes: Datamodel['indexes']): TableShape {
  const columnOf = (name: string) => model.fields.find((field) => field.name === name)?.dbName ?? name;
  const columnsOf = (names: readonly string[]) => names.map(columnOf);
  const ofModel = indexes.filter((index) => index.model === model.name);
  const named = (type: string) =>
    ofModel.filter((index) => index.type === type).map(({ fields }) => columnsOf(fields.map(({ name }) => name)));
  return {
    columns: Object.fromEntries(
      model.fields
        .filter(({ kind }) => kind === 'scalar')
        .map((field) => [
          columnOf(field.name),
          `${typeOf(field)}${field.isRequired ? '' : ' null'}${field.hasDefaultValue ? ' default' : ''}`,
        ]),
    ),
    primaryKey: named('id').flat(),
    uniques: named('unique')
      .map((columns) => columns.join())
      .sort(),
    indexes: named('normal')
      .map((columns) => columns.join())
      .sort(),
    references: model.fields
      .filter(({ relationFromFields }) => relationFromFields && relationFromFields.length > 0)
      .map((field) => {
        const target = models.find(({ name }) => name === field.type);
        return `${columnsOf(field.relationFromFields ?? [])} -> ${target && tableOf(target)} (${field.relationToFields})`;
      })
      .sort(),
  };
}

/** Tables of the product: no partitions (which Postgres keeps like their table), nothing of the migration runner. */
async function shapesOfDatabase(): Promise<Record<string, TableShape>> {
  const rows = await db().$queryRaw<({ readonly table: string } & TableShape)[]>`
    SELECT c.relname::text AS table,
      (SELECT json_object_agg(attname, format_type(atttypid, atttypmod)
          || CASE WHEN attnotnull THEN '' ELSE ' null' END || CASE WHEN atthasdef THEN ' default' ELSE '' END)
        FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
      coalesce((SELECT string_to_array(columns, ',') FROM indexes_of(c.oid) WHERE kind = 'primary'), '{}') AS "primaryKey",
      ARRAY(SELECT columns FROM indexes_of(c.oid) WHERE kind = 'unique' AND name <> ALL (${ONLY_IN_SQL}) ORDER BY columns COLLATE "C") AS uniques,
      ARRAY(SELECT columns FROM indexes_of(c.oid) WHERE kind = 'plain' AND name <> ALL (${ONLY_IN_SQL}) ORDER BY columns COLLATE "C") AS indexes,
      ARRAY(SELECT columns_of(conrelid, conkey) || ' -> ' || confrelid::regclass || ' (' || columns_of(confrelid, confkey) || ')'
        FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f' ORDER BY 1) AS references
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname NOT IN ('_prisma_migrations', ${WITHOUT_KEY})`;
  return Object.fromEntries(rows.map(({ table, ...shape }) => [table, shape]));
}

/** Functions of this test, in its own database. */
async function createFunctions(): Promise<void> {
  await db().$executeRaw`
    CREATE FUNCTION columns_of(tab oid, keys int2[]) RETURNS text LANGUAGE sql AS $$
      SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(keys) WITH ORDINALITY AS k (attnum, n)
      JOIN pg_attribute a ON a.attrelid = tab AND a.attnum = k.attnum
    $$`;
  await db().$executeRaw`
    CREATE FUNCTION indexes_of(tab oid) RETURNS TABLE (name text, kind text, columns text) LANGUAGE sql AS $$
      SELECT indexrelid::regclass::text,
        CASE WHEN indisprimary THEN 'primary' WHEN indisunique THEN 'unique' ELSE 'plain' END,
        columns_of(tab, indkey::int2[])
      FROM pg_index WHERE indrelid = tab
    $$`;
}

it('schema.prisma and the migrated database are the same', async () => {
  await createFunctions();
  const database = await shapesOfDatabase();
  const schema = await shapesOfSchema();
  expect(Object.keys(schema).sort()).toEqual(Object.keys(database).sort());
  expect(Object.keys(schema).length).toBeGreaterThan(10);
  for (const [table, shape] of Object.entries(database)) expect(schema[table], table).toEqual(shape);
});

it('what only the SQL has is there', async () => {
  const rows = await db().$queryRaw<{ name: string }[]>`
    SELECT indexname::text AS name FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% WHERE %'
      AND tablename IN (SELECT relname FROM pg_class WHERE NOT relispartition)`;
  expect(rows.map(({ name }) => name).sort()).toEqual([...ONLY_IN_SQL].sort());
});
