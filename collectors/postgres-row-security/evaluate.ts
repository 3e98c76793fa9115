import { z } from 'zod';
import type { PostgresSession } from '../clients/postgres.ts';
import { type Answer, ask, byAnswer } from './batches.ts';
import { type Row, syntheticRows } from './candidates.ts';
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
  commands: Command[];
  /** Real rows, cut to the columns that policies look at. */
  own: readonly Row[];
  other: readonly Row[];
};

type Side = 'usingOwn' | 'usingOther' | 'checkOwn' | 'checkOther';
const Sides = z.object({
  usingOwn: z.boolean().nullable(),
  usingOther: z.boolean().nullable(),
  checkOwn: z.boolean().nullable(),
  checkOther: z.boolean().nullable(),
});
/** A policy decision to ask for, once for all subjects that are alike. */
type Task = { command: Command; select: string; policies: ReturnType<typeof applicable> };
type Row4 = z.infer<typeof Sides>;

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
  const answers = await askAll(session, tasks, acting);
  // Where another tenant's row is admitted, each policy is asked alone, to name those that admit it.
  const suspects = tasks.flatMap(({ alike, model, task }, i) => {
    const answer = answers[i];
    if (!answer?.ok || !(answer.row.usingOther || answer.row.checkOther)) return [];
    return task.policies.permissive.map((policy, nth) => ({
      of: i,
      nth,
      alike,
      task: build(model, task.command, { ...task.policies, permissive: [policy] }, options),
    }));
  });
  const alone = await askAll(session, suspects, acting);
  const guilty = new Map<number, number[]>();
  for (const [i, { of, nth }] of suspects.entries()) {
    const answer = alone[i];
    if (answer?.ok && (answer.row.usingOther || answer.row.checkOther))
      guilty.set(of, [...(guilty.get(of) ?? []), nth]);
  }
  return tasks.flatMap(({ alike, task: { command } }, i) => {
    const answer = answers[i];
    const failure = answer?.ok ? null : failureOf(answer);
    const row: Row4 = answer?.ok ? answer.row : { usingOwn: null, usingOther: null, checkOwn: null, checkOther: null };
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
  const sides: Record<Side, string> = { usingOwn: 'null', usingOther: 'null', checkOwn: 'null', checkOther: 'null' };
  const involved = new Set([...policies.permissive, ...policies.restrictive].flatMap((policy) => policy.columns));
  const columns = subject.columns.filter((column) => involved.has(column.name));
  const known = [two.attacker.user, two.attacker.id];
  const exists = (side: 'using' | 'check', whose: 'own' | 'other') => {
    const expression = combined(policies, side);
    if (expression === null) return 'false';
    const rows = rowsOf(subject, whose, side, columns, expression, two, known);
    if (rows.length === 0) return 'null::boolean';
    return existsOver(subject.relation, rows, expression);
  };
  if (command !== 'insert') {
    sides.usingOwn = exists('using', 'own');
    sides.usingOther = exists('using', 'other');
  }
  if (command === 'insert' || command === 'update') {
    sides.checkOwn = exists('check', 'own');
    sides.checkOther = exists('check', 'other');
  }
  const select = (['usingOwn', 'usingOther', 'checkOwn', 'checkOther'] as const)
    .map((side) => (sides[side] === 'null' ? 'null::boolean' : sides[side]))
    .join(', ');
  return { command, select, policies };
}

function rowsOf(
  subject: Subject,
  whose: 'own' | 'other',
  side: 'using' | 'check',
  columns: readonly Column[],
  expression: string,
  two: Two,
  known: readonly string[],
): Row[] {
  const real = whose === 'own' ? subject.own : subject.other;
  const column = subject.path.column;
  const tenant = whose === 'own' ? two.attacker : two.victim;
  const keys: Row[string][] =
    subject.path.kind === 'key' ? [tenant.id] : [...new Set(real.map((row) => row[column] ?? null))];
  // Rows that are there had their values chosen by their own tenant; rows to be written, by the asker.
  const written = side === 'check';
  const ids = whose === 'own' || written ? known : [];
  const synthetic = keys
    .filter((key) => key !== null)
    .flatMap((key) => syntheticRows({ columns, fixed: { [column]: key }, ids, expression }));
  // A row that is not there today may be there tomorrow, so likely ones are asked about beside the real ones.
  return [...real, ...synthetic];
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
