import { define, near } from './error-definition.ts';

const undo =
  'undo it with version control: people write `decision`, `roles`, `reason` and `reviewedBy`, and nothing else.';

/** The errors of access reviews: their files, and the commands that open and close them. */
export const reviewErrors = {
  ReviewListChanged: define<{ problem: string }>({
    exit: 2,
    why: 'A review is about the list that the system gave; one that was edited by hand proves nothing.',
    example: { problem: 'an entry was removed' },
    text: ({ problem }) => ({ what: `the list that was pulled was changed by hand: ${problem}.`, hint: undo }),
  }),
  ReviewSignOffChanged: define<Record<string, never>>({
    exit: 2,
    why: 'What was signed off stays as it was; a later decision belongs to a later review.',
    example: {},
    text: () => ({
      what: 'this review was changed after it had been signed off.',
      hint: 'restore the file from version control; to decide anew, open another review.',
    }),
  }),
  ReviewTimeImpossible: define<{ field: string; value: string; problem: string }>({
    exit: 2,
    why: 'A review cannot be of a time that has not come, or end before it began.',
    example: { field: 'closed.at', value: '2027-01-01T00:00:00Z', problem: 'it lies in the future' },
    text: ({ field, value, problem }) => ({
      what: `\`${field}\` cannot be ${value}: ${problem}.`,
      hint: 'these times are written by `candor review`; restore them from version control, and set the clock right.',
    }),
  }),
  ReviewRolesInvalid: define<{ problem: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A change that changes nothing, or names a role that nobody has, can never be shown to have been made.',
    example: { problem: '`ownr` is a role of nobody in this list', suggestion: 'owner' },
    text: ({ problem, suggestion }) => ({
      what: `these roles cannot remain: ${problem}.`,
      hint: near(
        suggestion,
        'name the roles that shall remain, some of those under `pulled`; none at all is `revoke`.',
      ),
    }),
  }),
  ReviewReasonUnknown: define<{ reason: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A reason is a sentence, or the name of one under `reasons`.',
    example: { reason: 'on-cal', suggestion: 'on-call' },
    text: ({ reason, suggestion }) => ({
      what: `\`${reason}\` is not one of this review’s \`reasons\`.`,
      hint: near(suggestion, 'write the reason as a sentence, or add it under `reasons` by this name.'),
    }),
  }),
  ReviewUndecided: define<{ undecided: number; entries: number }>({
    exit: 1,
    why: 'Access that nobody decided about was not reviewed.',
    example: { undecided: 2, entries: 41 },
    text: ({ undecided, entries }) => ({
      what: `${undecided} of ${entries} entries ${undecided === 1 ? 'is' : 'are'} not decided; this is the first.`,
      hint: 'write `decision: keep`, `change` or `revoke`.',
    }),
  }),
  ReviewReasonMissing: define<{ missing: number }>({
    exit: 1,
    why: 'A decision without a reason cannot be looked into later.',
    example: { missing: 3 },
    text: ({ missing }) => ({
      what: `${missing === 1 ? '1 decision has' : `${missing} decisions have`} no reason; this is the first.`,
      hint: 'write `reason:` with a sentence, or with the name of one under `reasons` that many entries share.',
    }),
  }),
  ReviewOfOneself: define<{ reviewer: string; entry: string }>({
    exit: 1,
    why: 'Nobody decides about their own access.',
    example: { reviewer: 'ada', entry: 'Ada Lovelace' },
    text: ({ reviewer, entry }) => ({
      what: `${reviewer} would review themself: the entry of ${entry}.`,
      hint: 'let somebody else decide this entry, and add `reviewedBy: <their name>` to it.',
    }),
  }),
  ReviewListIncomplete: define<{ read: number; reportedTotal: number | null }>({
    exit: 1,
    why: 'Who is missing in a list was not reviewed.',
    example: { read: 100, reportedTotal: 130 },
    text: ({ read, reportedTotal }) => ({
      what: `the list is not shown to be complete: ${read} read, and the system ${reportedTotal === null ? 'gives no total' : `says ${reportedTotal}`}.`,
      hint: 'open the review again with credentials that see everything; or add `incomplete:`, and say what is missing and why.',
    }),
  }),
  ReviewUnknown: define<{ id: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A review is named by its file in content/access-reviews/.',
    example: { id: 'app-db-2026-11-3', suggestion: 'app-db-2026-11-03' },
    text: ({ id, suggestion }) => ({
      what: `there is no review \`${id}\`.`,
      hint: near(suggestion, '`candor review` lists them.'),
    }),
  }),
  ReviewClosedAlready: define<{ id: string; at: string }>({
    exit: 2,
    why: 'A review is signed off once.',
    example: { id: 'app-db-2026-11-03', at: '2026-11-10T09:00:00.000Z' },
    text: ({ id, at }) => ({
      what: `the review \`${id}\` was closed at ${at}.`,
      hint: 'open another with `candor review open`.',
    }),
  }),
  ReviewOpenAlready: define<{ id: string; system: string }>({
    exit: 2,
    why: 'Decisions are never overwritten, and two open reviews of one system would contradict each other.',
    example: { id: 'app-db-2026-11-03', system: 'app-db/postgres-access' },
    text: ({ id, system }) => ({
      what: `the review \`${id}\` of ${system} is still open.`,
      hint: `decide its entries and run \`candor review close ${id}\`; or delete its file, and open it anew.`,
    }),
  }),
  ReviewsOverlap: define<{ id: string; system: string }>({
    exit: 2,
    why: 'Two reviews of one system at a time would contradict each other.',
    example: { id: 'app-db-2026-11-03', system: 'app-db/postgres-access' },
    text: ({ id, system }) => ({
      what: `the review \`${id}\` of ${system} was still open when this one was opened.`,
      hint: 'keep one of the two, and delete the file of the other.',
    }),
  }),
  ReviewNotListed: define<{ system: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'Only a collector that lists who can get in gives something to review.',
    example: { system: 'app-db/postgres-row-security', suggestion: 'app-db/postgres-access' },
    text: ({ system, suggestion }) => ({
      what: `${system} does not list who can get in.`,
      hint: near(suggestion, 'let a source collect `postgres-access`, `github-access` or `import-access`.'),
    }),
  }),
  ReviewUnreadable: define<{ system: string; problem: string }>({
    exit: 3,
    why: 'A review is about what the system says now, so it is not opened without asking it.',
    example: { system: 'app-db/postgres-access', problem: 'The connection was refused.' },
    text: ({ system, problem }) => ({
      what: `${system} could not be read, so no review was opened: ${problem}`,
      hint: '`candor doctor` tries the connection and its rights.',
    }),
  }),
  ReviewEmpty: define<{ system: string }>({
    exit: 3,
    why: 'A list without entries is a list that was not given.',
    example: { system: 'app-db/postgres-access' },
    text: ({ system }) => ({
      what: `${system} lists nobody, so there is nothing to review.`,
      hint: '`candor doctor` tries the connection and its rights.',
    }),
  }),
  ReviewNotWritten: define<{ file: string; problem: string }>({
    exit: 3,
    why: 'A review is written wholly or not at all.',
    example: { file: 'content/access-reviews/app-db-2026-11-03.yaml', problem: 'ENOSPC' },
    text: ({ file, problem }) => ({
      what: `${file} could not be written (${problem}); what was there before is as it was.`,
      hint: 'make room, or allow this user to write there; if somebody changed the file meanwhile, run it again.',
    }),
  }),
};
