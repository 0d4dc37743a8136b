/**
 * Time and chance of SQL. A schema `sim` stands first in `search_path`, so that `now()` means the world's clock and
 * `gen_random_uuid()` and `random()` draw from a sequence. What goes around it is refused before it is sent.
 */

/** SQL, for a superuser on an empty database. A session's `sim.now` says what time its next transaction begins at. */
export const simSchema = `
  create schema sim;
  grant usage on schema sim to public;
  create sequence sim.draws;
  grant usage on sequence sim.draws to public;
  create function sim.now() returns timestamptz stable language sql
    as $$ select pg_catalog.current_setting('sim.now')::timestamptz $$;
  create function sim.transaction_timestamp() returns timestamptz stable language sql as $$ select sim.now() $$;
  create function sim.draw() returns text volatile language sql
    as $$ select pg_catalog.md5(pg_catalog.nextval('sim.draws')::text) $$;
  create function sim.gen_random_uuid() returns uuid volatile language sql as $$
    select pg_catalog.overlay(pg_catalog.overlay(sim.draw(), '4', 13), '8', 17)::uuid $$;
  create function sim.random() returns double precision volatile language sql as $$
    select ('x' || pg_catalog.substr(sim.draw(), 1, 8))::bit(32)::bigint / 4294967296.0 $$;
  -- When a row was committed is no virtual time; a reader that asks has to have another answer ready.
  create function sim.pg_xact_commit_timestamp(xid) returns timestamptz language sql
    as $$ select null::timestamptz $$;`;

/** A moment as SQL reads it, to the millisecond. */
const sqlTime = (atMs: number): string => new Date(atMs).toISOString();

/** `-c` options of a session whose clock stands at `startMs`; `schemas` follow `sim` and `pg_catalog`. */
export const virtualOptions = (startMs: number, schemas: readonly string[]): string =>
  `-c search_path=${['sim', 'pg_catalog', ...schemas].join(',')} -c sim.now=${sqlTime(startMs)}`;

/** The statement that tells a session which time its next transaction begins at. */
export const timeStatement = (atMs: number) => ({
  sql: `select pg_catalog.set_config('sim.now', $1, false)`,
  values: [sqlTime(atMs)],
});

const words = (...patterns: readonly string[]): RegExp => new RegExp(`\\b(?:${patterns.join('|')})\\b`, 'i');

const ambient = words(
  'current_(?:timestamp|date|time)',
  'localtime(?:stamp)?',
  '(?:clock|statement)_timestamp',
  'timeofday',
  'uuidv[47]',
  'pg_sleep\\w*',
);
const bypass = /\bpg_catalog\s*\.\s*(now|transaction_timestamp|random|gen_random_uuid)\b/i;
const ranged = /\b(random(?:_normal)?\s*\((?=\s*[^)\s])|random_normal)/i;
const moment = `'(?:now|today|tomorrow|yesterday)'`;
const literal = new RegExp(
  `${moment}\\s*::\\s*(?:timestamp|date|time)|\\b(?:timestamp(?:tz)?|date|time)\\s*${moment}`,
  'i',
);
const path = /\bsearch_path\b/i;

const withoutComments = (sql: string): string => sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
const withoutLiterals = (sql: string): string => sql.replace(/'(?:[^']|'')*'/g, "''");

/** What in a statement would bring real time or real chance into the world, or undefined; literal parameters aside. */
export const realTimeIn = (sql: string): string | undefined => {
  const code = withoutComments(sql);
  const names = withoutLiterals(code);
  const found = [ambient, bypass, ranged, path].map((pattern) => pattern.exec(names)?.[0]);
  return [...found, literal.exec(code)?.[0]].find((one) => one !== undefined);
};

/** The same for an expression as the catalogue prints it under an empty `search_path`: a bare name is PostgreSQL's. */
const realTimeInBound = (expression: string): string | undefined =>
  realTimeIn(expression) ??
  /(?<![\w.])(?:now|transaction_timestamp|random|gen_random_uuid)\(\)/i.exec(withoutLiterals(expression))?.[0];

/** Every place of the schema that computes something; run it under an empty `search_path`. */
export const boundExpressions = `
  with mine as (
    select oid from pg_namespace where nspname not in ('sim', 'information_schema') and nspname not like 'pg\\_%')
  select 'bound' as kind, 'default of ' || adrelid::regclass || '.' || attname as place,
      pg_get_expr(adbin, adrelid) as text
    from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
    where adrelid in (select c.oid from pg_class c join mine on mine.oid = relnamespace)
  union all select 'bound', 'constraint ' || conname, pg_get_constraintdef(oid)
    from pg_constraint where contype = 'c' and connamespace in (select oid from mine)
  union all select 'bound', 'index ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
    from pg_index join pg_class on pg_class.oid = indrelid
    where relnamespace in (select oid from mine) and (indexprs is not null or indpred is not null)
  union all select 'bound', 'view ' || oid::regclass, pg_get_viewdef(oid)
    from pg_class where relkind in ('v', 'm') and relnamespace in (select oid from mine)
  union all select 'bound', 'policy ' || polname, coalesce(pg_get_expr(polqual, polrelid), '') || ' ' ||
      coalesce(pg_get_expr(polwithcheck, polrelid), '')
    from pg_policy
  union all select 'bound', 'trigger ' || tgname, pg_get_triggerdef(pg_trigger.oid)
    from pg_trigger join pg_class on pg_class.oid = tgrelid
    where not tgisinternal and relnamespace in (select oid from mine)
  union all select case when prosqlbody is null then 'body' else 'bound' end, 'function ' || pg_proc.oid::regprocedure,
      case when prosqlbody is null then prosrc else pg_get_functiondef(pg_proc.oid) end
    from pg_proc where prokind in ('f', 'p') and pronamespace in (select oid from mine)
  union all select 'setting', 'function ' || pg_proc.oid::regprocedure, setting
    from pg_proc, unnest(proconfig) as setting
    where pronamespace in (select oid from mine) and setting like 'search\\_path=%'
  order by 2, 1`;

/** One row of `boundExpressions`. */
export interface BoundExpression {
  readonly kind: 'bound' | 'body' | 'setting';
  readonly place: string;
  readonly text: string;
}

/** `place: what` for each row through which real time would come in. */
export const realTimePlaces = (rows: readonly BoundExpression[]): readonly string[] =>
  rows.flatMap(({ kind, place, text }) => {
    const found = kind === 'setting' ? text : kind === 'bound' ? realTimeInBound(text) : realTimeIn(text);
    return found === undefined ? [] : [`${place}: ${found}`];
  });
