import { DpaRequestState } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { historyOf, type Submission, submissionOf } from '../lifecycle/submission.ts';
import { openedBy } from '../secrets/secret.ts';
import { Refusal } from '../web/refusal.ts';

/** A request as its own page shows it: how it stands, and when it came to each of its states. */
export type RequestStatus = {
  request: Submission & { state: DpaRequestState };
  history: { at: Date; to: DpaRequestState }[];
};

/** The request that a status secret opens. Throws Refusal unknown: alike for wrong, expired and forgotten ones. */
export async function requestAt({ db, now }: Pick<Desk, 'db' | 'now'>, status: string): Promise<RequestStatus> {
  const id = await openedBy(db, status, 'status', now());
  const found = id === undefined ? undefined : await submissionOf(db, id);
  const state = DpaRequestState.safeParse(found?.state);
  if (found?.kind !== 'dpa-request' || !state.success) throw new Refusal('unknown');
  const history = await historyOf(db, found.id);
  return {
    request: { ...found, state: state.data },
    history: history.map(({ at, to }) => ({ at, to: DpaRequestState.parse(to) })),
  };
}
