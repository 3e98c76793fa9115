import { z } from 'zod';
import type { PostgresSession } from '../clients/postgres.ts';
import { type Answer, ask, type Probe } from './batches.ts';
import { type Row, syntheticRows } from './candidates.ts';
import type { Tenant } from './context.ts';
import type { TenantPath } from './manifest.ts';
import { ident, literal, qualified, shown } from './names.ts';
import { applicable, combined } from './policies.ts';
import type { ActingRole, Asker, Column, Command, Evaluation, Policy, Relation } from './raw.ts';

/** One relation to evaluate the policies of, for one role, with what is known of rows of either tenant. */
export type Subject = {
  relation: Relation;
  path: TenantPath;
  policies: Policy[];
  columns: Column[];
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
type Task = { subject: Subject; command: Command; select: string; policies: ReturnType<typeof applicable> };

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
  const { session, role, roleIndex, asker, settings } = options;
  const acting = { role: role.name, settings };
  const tasks = options.subjects.flatMap((subject) =>
    subject.commands.map((command) => task(subject, command, options)),
  );
  const answers = await askOnce(session, tasks.map(keyed), acting);
  const results: Evaluation[] = [];
  const second: { result: Evaluation; task: Task; policy: Policy }[] = [];
  for (const [i, task] of tasks.entries()) {
    const answer = answers[i];
    const failure = answer && !answer.ok ? { code: answer.failure.code, message: answer.failure.message } : null;
    const empty = { usingOwn: null, usingOther: null, checkOwn: null, checkOther: null };
    const row = answer?.ok ? answer.row : empty;
    const base = { relation: task.subject.relation.oid, role: roleIndex, asker, command: task.command };
    const result: Evaluation = { ...base, ...row, causes: [], failure };
    results.push(result);
    if (row.usingOther || row.checkOther)
      for (const policy of task.policies.permissive) second.push({ result, task, policy });
  }
  const alone = second.map(({ task, policy }) =>
    keyed(build(task.subject, task.command, { ...task.policies, permissive: [policy] }, options)),
  );
  const causes = await askOnce(session, alone, acting);
  for (const [i, { result, policy }] of second.entries()) {
    const answer = causes[i];
    if (answer?.ok && (answer.row.usingOther || answer.row.checkOther)) result.causes.push(shown(policy.name));
  }
  return results;
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
  return { subject, command, select, policies };
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
  if (written || whose === 'own') return [...real, ...synthetic];
  const [plain] = synthetic;
  return real.length > 0 && plain ? [...real, plain] : synthetic;
}

/** Tests an expression as the table’s own policy would, over rows made of JSON in the table’s own type. */
function existsOver(relation: Relation, rows: readonly Row[], expression: string): string {
  const json = literal(JSON.stringify(rows));
  const table = qualified(relation);
  return `exists (select from jsonb_populate_recordset(null::${table}, ${json}::jsonb) as ${ident(relation.name)} where ${expression})`;
}

function keyed(task: Task): { key: string; select: string } {
  const { relation, columns } = task.subject;
  const quoted = ident(relation.name);
  const body = task.select.replaceAll(`null::${qualified(relation)}`, '').replaceAll(`as ${quoted} where`, '');
  // An expression that names its own table can only be asked of that table.
  const own = body.includes(relation.name) ? relation.oid : '';
  const types = columns.map((column) => `${column.name} ${column.type}`).join();
  return { key: JSON.stringify([body, own, types]), select: task.select };
}

async function askOnce(
  session: PostgresSession,
  tasks: readonly { key: string; select: string }[],
  acting: { role: string; settings: Record<string, string> },
): Promise<(Answer<z.infer<typeof Sides>> | undefined)[]> {
  const ids = new Map<string, number>();
  const probes: Probe[] = [];
  for (const { key, select } of tasks) {
    if (ids.has(key)) continue;
    ids.set(key, probes.length);
    probes.push({ id: probes.length, select });
  }
  const answers = await ask(session, probes, Sides, acting, 25);
  return tasks.map(({ key }) => answers.get(ids.get(key) ?? -1));
}
