import { type Kysely, sql } from 'kysely';
import { VulnerabilityState } from '../../../schemas/index.ts';
import { submissionOf } from '../../lifecycle/submission.ts';
import type { Tables } from '../../store/tables.ts';
import { FORM_BYTES } from '../../web/body.ts';
import { reportOpenedBy } from '../access.ts';

/** One message of a case, as its reporter may see it: of the team nobody is named. */
export type CaseMessage = {
  /** 1 for the report itself. */
  position: number;
  at: Date;
  from: 'reporter' | 'team';
  /** Null for what was deleted, and for what is large or long ago of the reporter, such as the report itself: they have it. */
  ciphertext: Uint8Array | null;
};

/** A case as its reporter sees it. `replyTo`: the age recipient that messages to them are encrypted to. */
export type ReporterCase = {
  id: string;
  state: VulnerabilityState;
  openedAt: Date;
  replyTo: string | null;
  messages: CaseMessage[];
};

/** How many of their own messages a reporter is shown again. */
const SHOWN_AGAIN = 20;

/** The case that `access` opens for its reporter; undefined where there is none, and alike once it is closed or emptied. */
export async function caseOpenedBy(db: Kysely<Tables>, access: string): Promise<ReporterCase | undefined> {
  const id = await reportOpenedBy(db, access);
  const found = id === undefined ? undefined : await submissionOf(db, id);
  if (found === undefined || found.data === null || found.state === 'closed') return undefined;
  const [report, rows] = await Promise.all([
    db.selectFrom('report').select('replyTo').where('submission', '=', found.id).executeTakeFirstOrThrow(),
    db
      .selectFrom('reportMessage')
      .select(['position', 'at', 'author'])
      .select(
        sql<Uint8Array | null>`case when author = 'reporter' and (bytes > ${FORM_BYTES}::integer
          or row_number() over (partition by author = 'reporter' order by position desc) > ${SHOWN_AGAIN}::integer)
        then null else ciphertext end`.as('ciphertext'),
      )
      .where('submission', '=', found.id)
      .where('audience', '=', 'reporter')
      .orderBy('position')
      .execute(),
  ]);
  const messages = rows.map(({ author, ...rest }) => ({
    ...rest,
    from: author === 'reporter' ? ('reporter' as const) : ('team' as const),
  }));
  const { state, openedAt } = found;
  return { id: found.id, state: VulnerabilityState.parse(state), openedAt, ...report, messages };
}
