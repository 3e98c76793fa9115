import { z } from 'zod';
import type { PostgresSession } from '../clients/postgres.ts';
import { type Answer, ask, byAnswer } from './batches.ts';
import { changedRows, type Row, type Sources, syntheticRows } from './candidates.ts';
import type { Tenant } from './context.ts';
import type { TenantPath } from './manifest.ts';
import { ident, literal, qualified, shown } from './names.ts';
import { applicable, combined } from './policies.ts';
import type { ActingRole, Asker, Column, Command, Evaluation, Policy, Relation } from './raw.ts';
import { failureOf } from './reads.ts';

/** One relation to evaluate the policies of, for one role, with what is known of rows of either tenant. */
export type Subject = {
  relation: Relation;
  path: TenantPath;
  policies: Policy[];
  columns: Column[];
  /** A short name for what `likenessOf` says of it. */
  likeness: string;
  /** Bodies of the functions that its policies call. */
  bodies: string;
  labels: ReadonlyMap<string, readonly string[]>;
  /** Whether a foreign key of several columns has the one that names the tenant among them. */
  tied: boolean;
  /** Columns that are unique by themselves: no two rows hold the same. */
  single: readonly string[];
  commands: Command[];
  /** Real rows, cut to the columns that policies look at. */
  own: readonly Row[];
  other: readonly Row[];
};

const allSides = ['usingOwn', 'usingOther', 'checkOwn', 'checkOther', 'planted'] as const;
type Side = (typeof allSides)[number];
const Sides = z.object({
  usingOwn: z.boolean().nullable(),
  usingOther: z.boolean().nullable(),
  checkOwn: z.boolean().nullable(),
  checkOther: z.boolean().nullable(),
  planted: z.boolean().nullable(),
});
/** A policy decision to ask for, once for all subjects that are alike. */
type Task = {
  command: Command;
  select: string;
  policies: ReturnType<typeof applicable>;
  /** Rows that are not there but may be, for each side that is asked about. Made only when they are wanted. */
  likely: () => { side: Side; rows: Row[]; exists: (rows: readonly Row[]) => string }[];
};
type Row4 = z.infer<typeof Sides>;
const nothing: Row4 = { usingOwn: null, usingOther: null, checkOwn: null, checkOther: null, planted: null };

/**
 * Evaluates the combined policies of each subject over rows that exist only in the statement: PostgreSQL itself decides,
 * as the acting role and in the asker’s context, and nothing is written. Relations whose policies, columns and rows
 * are the same are asked once.
 */
export async function evaluate(options: {
  session: PostgresSession;
  subjects: readonly Subject[];
  role: ActingRole;
  roleIndex: number;
  inherited: ReadonlySet<string>;
  asker: Asker;
  settings: Record<string, string>;
  attacker: Tenant;
  victim: Tenant;
}): Promise<Evaluation[]> {
  const { session, roleIndex, asker } = options;
  const acting = { role: options.role.name, settings: options.settings };
  const shapes = [...Map.groupBy(options.subjects, keyOf).values()].flatMap((alike) => {
    const [model] = alike;
    return model ? [{ alike, model }] : [];
  });
  const tasks = shapes.flatMap(({ alike, model }) =>
    model.commands.map((command) => ({ alike, model, task: task(model, command, options) })),
  );
  const there = await askAll(session, tasks, acting);
  const likely = await askLikely(
    session,
    tasks.filter((_, i) => isOpen(there[i], asker)),
    acting,
  );
  const answers = tasks.map((each, i) => together(there[i], likely.get(keyOfLikely(each))));
  // Where another tenant's row is admitted, each policy is asked alone, to name those that admit it.
  const suspects = tasks.flatMap(({ alike, model, task }, i) => {
    const answer = answers[i];
    if (!answer?.ok || !(answer.row.usingOther || answer.row.checkOther)) return [];
    return task.policies.permissive.map((policy, nth) => ({
      of: i,
      nth,
      alike,
      model,
      task: build(model, task.command, { ...task.policies, permissive: [policy] }, options),
    }));
  });
  const aloneThere = await askAll(session, suspects, acting);
  const aloneLikely = await askLikely(
    session,
    suspects.filter((_, i) => isOpen(aloneThere[i], asker)),
    acting,
  );
  const alone = suspects.map((each, i) => together(aloneThere[i], aloneLikely.get(keyOfLikely(each))));
  const guilty = new Map<number, number[]>();
  for (const [i, { of, nth }] of suspects.entries()) {
    const answer = alone[i];
    if (answer?.ok && (answer.row.usingOther || answer.row.checkOther))
      guilty.set(of, [...(guilty.get(of) ?? []), nth]);
  }
  return tasks.flatMap(({ alike, task: { command } }, i) => {
    const answer = answers[i];
    const failure = answer?.ok ? null : failureOf(answer);
    const row: Row4 = answer?.ok ? answer.row : nothing;
    const base = { role: roleIndex, asker, command, ...row, failure };
    const nths = guilty.get(i);
    if (nths === undefined) return [{ ...base, relations: oidsOf(alike), causes: [] }];
    // Alike in all but their names.
    const named = byAnswer(
      alike,
      (subject) => {
        const { permissive } = applicable(subject.policies, options.inherited, command);
        return nths.flatMap((nth) => permissive[nth] ?? []).map((policy) => shown(policy.name));
      },
      JSON.stringify,
    );
    return named.map(({ answer: causes, items }) => ({ ...base, relations: oidsOf(items), causes }));
  });
}

function oidsOf(subjects: readonly Subject[]): number[] {
  return subjects.map(({ relation }) => relation.oid);
}

function keyOf({ likeness, commands, own, other }: Subject): string {
  const rows = own.length + other.length > 0 ? JSON.stringify([own, other]) : '';
  return `${likeness}\n${commands.join()}\n${rows}`;
}

/** All that an evaluation depends on besides rows and who asks, as text: relations with the same are asked once. */
export function likenessOf(
  relation: Relation,
  path: TenantPath,
  policies: readonly Policy[],
  columns: readonly Column[],
): string {
  const expressions = policies.flatMap(({ using, check }) => [using ?? '', check ?? '']);
  // An expression that names its own table can only be asked of that table.
  const names = [relation.name, relation.name.replaceAll('"', '""')];
  const own = expressions.some((expression) => names.some((name) => expression.includes(name))) ? relation.oid : '';
  return JSON.stringify([
    own,
    path.kind,
    path.column,
    policies.map(({ command, permissive, roles, using, check, columns }) => [
      command,
      permissive,
      roles,
      using,
      check,
      columns,
    ]),
    columns.map(({ name, type, category, required }) => [name, type, category, required]),
  ]);
}

type Two = { attacker: Tenant; victim: Tenant; inherited: ReadonlySet<string> };

function task(subject: Subject, command: Command, two: Two): Task {
  return build(subject, command, applicable(subject.policies, two.inherited, command), two);
}

function build(subject: Subject, command: Command, policies: Task['policies'], two: Two): Task {
  const sides: Record<Side, string> = {
    usingOwn: 'null',
    usingOther: 'null',
    checkOwn: 'null',
    checkOther: 'null',
    planted: 'null',
  };
  const involved = new Set([...policies.permissive, ...policies.restrictive].flatMap((policy) => policy.columns));
  const columns = subject.columns.filter((column) => involved.has(column.name));
  const of = (side: 'using' | 'check', whose: 'own' | 'other') => ({
    side,
    whose,
    columns,
    expression: combined(policies, side),
    two,
  });
  const exists = (side: 'using' | 'check', whose: 'own' | 'other') => {
    const asked = of(side, whose);
    if (asked.expression === null) return 'false';
    const rows = rowsOf(subject, asked);
    if (rows.length === 0) return 'null::boolean';
    return existsOver(subject.relation, rows, asked.expression);
  };
  if (command !== 'insert') {
    sides.usingOwn = exists('using', 'own');
    sides.usingOther = exists('using', 'other');
  }
  if (command === 'insert' || command === 'update') {
    sides.checkOwn = exists('check', 'own');
    sides.checkOther = exists('check', 'other');
  }
  const select = allSides.map((side) => (sides[side] === 'null' ? 'null::boolean' : sides[side])).join(', ');
  const planted = (): ReturnType<Task['likely']> => {
    const { path, tied, single, own, other } = subject;
    const writing = command === 'insert' || command === 'update';
    const expression = combined(policies, writing ? 'check' : 'using');
    const rows = (writing ? other : own).slice(0, MOST_REAL).map((row) => ({
      ...row,
      ...Object.fromEntries(single.map((name) => [name, null])),
      [path.column]: writing ? two.attacker.id : two.victim.id,
    }));
    // A foreign key of several columns holds a parent and its tenant together.
    if (command === 'delete' || path.kind !== 'key' || tied || rows.length === 0 || expression === null) return [];
    const exists = (some: readonly Row[]) => existsOver(subject.relation, some, expression);
    return [{ side: 'planted', rows, exists }];
  };
  const likely = () =>
    allSides.flatMap((name) => {
      if (name === 'planted') return planted();
      const asked = of(name.startsWith('using') ? 'using' : 'check', name.endsWith('Own') ? 'own' : 'other');
      const { expression } = asked;
      if (sides[name] === 'null' || expression === null) return [];
      const rows = likelyRows(subject, asked);
      const exists = (some: readonly Row[]) => existsOver(subject.relation, some, expression);
      return rows.length > 0 ? [{ side: name, rows, exists }] : [];
    });
  return { command, select, policies, likely };
}

/** One side of a question: whose rows, and what they are asked. */
type Asked = {
  side: 'using' | 'check';
  whose: 'own' | 'other';
  columns: readonly Column[];
  expression: string | null;
  two: Two;
};

/** Rows of so many parents, and so many real rows, are made into likely ones. */
const MOST_KEYS = 3;
const MOST_REAL = 2;
/** So many likely rows are asked about, once for all relations whose policies are alike. */
const MOST_LIKELY = 160;

/** Rows that are there; where there are none, likely ones. */
function rowsOf(subject: Subject, asked: Asked): readonly Row[] {
  const real = asked.whose === 'own' ? subject.own : subject.other;
  return real.length > 0 ? real : madeUp(subject, asked);
}

/** A row that is not there today may be there tomorrow: made-up ones, and real ones with another value in a column. */
function likelyRows(subject: Subject, asked: Asked): Row[] {
  const key = subject.path.column;
  if (asked.columns.every(({ name }) => name === key)) return [];
  const real = (asked.whose === 'own' ? subject.own : subject.other).slice(0, MOST_REAL);
  const synthetic = madeUp(subject, asked);
  const from = real.length > 0 ? real : synthetic.slice(0, 1);
  // Whoever writes a row for another may put into it whatever belongs to itself.
  const mixed =
    asked.whose === 'other' && asked.side === 'check'
      ? keysOf(subject, asked).flatMap((value) =>
          subject.own.slice(0, MOST_REAL).map((row) => ({ ...row, [key]: value })),
        )
      : [];
  return [...mixed, ...synthetic, ...changedRows(from, key, sourcesOf(subject, asked))].slice(0, MOST_LIKELY);
}

function madeUp(subject: Subject, asked: Asked): Row[] {
  const sources = sourcesOf(subject, asked);
  return keysOf(subject, asked).flatMap((key) => syntheticRows({ [subject.path.column]: key }, sources));
}

/** What the column that leads to the tenant holds in its rows. */
function keysOf({ path, own, other }: Subject, { whose, two }: Asked): Row[string][] {
  if (path.kind === 'key') return [whose === 'own' ? two.attacker.id : two.victim.id];
  const keys = new Set((whose === 'own' ? own : other).map((row) => row[path.column] ?? null));
  return [...keys].filter((key) => key !== null).slice(0, MOST_KEYS);
}

function sourcesOf(subject: Subject, { side, whose, columns, expression, two }: Asked): Sources {
  // Rows that are there had their values chosen by their own tenant; rows to be written, by the asker.
  const ids = whose === 'own' || side === 'check' ? [two.attacker.user, two.attacker.id] : [];
  return { columns, ids, text: `${expression ?? ''}\n${subject.bodies}`, labels: subject.labels };
}

/** Tests an expression as the table’s own policy would, over rows made of JSON in the table’s own type. */
function existsOver(relation: Relation, rows: readonly Row[], expression: string): string {
  const json = literal(JSON.stringify(rows));
  const table = qualified(relation);
  return `exists (select from jsonb_populate_recordset(null::${table}, ${json}::jsonb) as ${ident(relation.name)} where ${expression})`;
}

async function askAll(
  session: PostgresSession,
  tasks: readonly { task: Task }[],
  acting: { role: string; settings: Record<string, string> },
): Promise<(Answer<Row4> | undefined)[]> {
  const answers = await ask(
    session,
    tasks.map(({ task: { select } }, id) => ({ id, select })),
    Sides,
    acting,
    25,
  );
  return tasks.map((_, id) => answers.get(id));
}

type Asking = { model: Subject; nth?: number; task: Task };

// What is likely does not depend on the rows of one table, so tables that are alike are asked together.
function keyOfLikely({ model, nth, task }: Asking): string {
  const parent = model.path.kind === 'via' ? model.path.target.oid : '';
  return `${model.likeness} ${parent} ${model.tied} ${model.single.join()} ${task.command} ${nth}`;
}

// A value that an expression cannot take spoils the answer about all rows at once; likely ones can be asked one by one.
function isOpen(answer: Answer<Row4> | undefined, asker: Asker): boolean {
  if (!answer?.ok) return asker.kind === 'tenant' && answer?.failure.code.startsWith('22') === true;
  return allSides.some((side) => answer.row[side] === false);
}

function together(there: Answer<Row4> | undefined, likely: Partial<Row4> | undefined): Answer<Row4> | undefined {
  if (!there || !likely) return there;
  if (!there.ok && allSides.every((side) => (likely[side] ?? null) === null)) return there;
  const row: Row4 = there.ok ? { ...there.row } : { ...nothing };
  for (const side of allSides) row[side] = row[side] || (likely[side] ?? row[side]);
  return { ok: true, row };
}

/** Asks about likely rows: all at once, and one by one where some value makes the expression fail. */
async function askLikely(
  session: PostgresSession,
  asking: readonly Asking[],
  acting: { role: string; settings: Record<string, string> },
): Promise<Map<string, Partial<Row4>>> {
  const asked = new Map<string, ReturnType<Task['likely']>>();
  const full = ({ model }: Asking) => Number(model.own.length > 0) + Number(model.other.length > 0);
  for (const each of [...asking].sort((a, b) => full(b) - full(a))) {
    const key = keyOfLikely(each);
    if (asked.has(key)) continue;
    const sides = each.task.likely();
    if (sides.length > 0) asked.set(key, sides);
  }
  const keys = [...asked.keys()];
  const lists = [...asked.values()];
  const selectOf = (sides: ReturnType<Task['likely']>) =>
    allSides
      .map((name) => {
        const found = sides.find(({ side }) => side === name);
        return found ? found.exists(found.rows) : 'null::boolean';
      })
      .join(', ');
  const whole = await ask(
    session,
    lists.map((sides, id) => ({ id, select: selectOf(sides) })),
    Sides,
    acting,
    5,
  );
  const results = new Map<string, Partial<Row4>>();
  const single: { key: string; select: string }[] = [];
  for (const [id, key] of keys.entries()) {
    const answer = whole.get(id);
    if (answer?.ok) results.set(key, answer.row);
    else
      for (const each of lists[id] ?? [])
        for (const row of each.rows) single.push({ key, select: selectOf([{ ...each, rows: [row] }]) });
  }
  const parts = await ask(
    session,
    single.map(({ select }, id) => ({ id, select })),
    Sides,
    acting,
    8,
  );
  for (const [id, { key }] of single.entries()) {
    const answer = parts.get(id);
    if (!answer?.ok) continue;
    const known = results.get(key) ?? {};
    for (const side of allSides) known[side] = known[side] || answer.row[side];
    results.set(key, known);
  }
  return results;
}
