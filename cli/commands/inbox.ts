import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  candorError,
  Digest,
  DpaRequestState,
  Email,
  Id,
  ObjectionOutcome,
  SettlementForm,
  StaffForm,
  StaffRole,
  StaffText,
  VulnerabilityState,
} from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import type { Answer } from '../inbox/answer.ts';
import { given as noticesGiven } from '../inbox/notices.ts';
import { type Inbox, withInbox } from '../inbox/open.ts';
import * as people from '../inbox/people.ts';
import { reports } from '../inbox/reports/actions.ts';
import { ReportOptions, reportOptions } from '../inbox/reports/options.ts';
import * as requests from '../inbox/requests.ts';

const usage =
  'candor inbox [list | show ID | approve ID | decline ID | answer ID | grant ID DOCUMENT | revoke GRANT | terminate ID | supersede OLDER NEWER | settle ID | notices | resend NOTICE | failures | export EMAIL | delete EMAIL | log | accounts | add ID | remove ID | reset ID | reports …] --as ID';

const options = Common.extend({
  as: Id.optional().meta({
    description: 'Who acts: the id of an account, whose role must allow it. It is written down.',
  }),
  state: z.union([DpaRequestState, VulnerabilityState]).optional().meta({
    description: 'list: all requests in this state; what waits when left out.',
  }),
  after: z.string().optional().meta({ description: 'list: what comes behind a page.' }),
  reason: StaffText.optional().meta({
    description: 'decline: the reason, which the requester is told. approve: why, although measures do not hold.',
  }),
  text: StaffText.optional().meta({ description: 'answer, settle, reports note, reply: the text.' }),
  file: z.string().optional().meta({ description: 'The same: a file that holds the text.' }),
  outcome: ObjectionOutcome.optional().meta({ description: 'settle: how, such as accommodated or declined.' }),
  role: StaffRole.optional().meta({ description: 'add: viewer, responder, administrator, triager or guest.' }),
  email: Email.optional().meta({
    description: 'add: their address, whose requests they cannot decide. resend: another address.',
  }),
  known: Digest.optional().meta({ description: 'log: a digest of it that was noted down, and must still be there.' }),
  url: z.url().optional().meta({ description: 'Where visitors reach the forms; `url` of intake.yaml when left out.' }),
  yes: z.boolean().default(false).meta({ description: 'delete: do not ask.' }),
  ...reportOptions,
});
type Options = z.infer<typeof options>;

/** An action: what must follow it on the line, and what it does. */
type Action = {
  words: number;
  run: (inbox: Inbox, options: Options, words: Words, terminal: Terminal) => Promise<Answer>;
};
type Words = { first: string; second: string };

const actions: Readonly<Record<string, Action>> = {
  list: {
    words: 0,
    run: (inbox, { state, after }) =>
      requests.listed(inbox, {
        state: parsed(DpaRequestState.optional(), state, 'that is the state of no request'),
        after,
      }),
  },
  show: { words: 1, run: (inbox, _, { first }) => requests.shown(inbox, first) },
  approve: { words: 1, run: (inbox, { reason }, { first }) => requests.approved(inbox, first, reason) },
  decline: {
    words: 1,
    run: (inbox, { reason }, { first }) => requests.declined(inbox, first, needed(reason, 'say why with --reason.')),
  },
  answer: {
    words: 1,
    run: async (inbox, given, { first }, terminal) => requests.answered(inbox, first, await textOf(given, terminal)),
  },
  grant: {
    words: 2,
    run: (inbox, _, { first, second }) =>
      requests.granted(inbox, first, parsed(Id, second, `\`${second}\` is no document`)),
  },
  revoke: { words: 1, run: (inbox, _, { first }) => requests.revoked(inbox, first) },
  terminate: { words: 1, run: (inbox, _, { first }) => requests.ended(inbox, first) },
  supersede: { words: 2, run: (inbox, _, { first, second }) => requests.replaced(inbox, first, second) },
  settle: {
    words: 1,
    run: async (inbox, given, { first }, terminal) => {
      const form = { outcome: given.outcome, answer: await textOf(given, terminal) };
      return requests.settled(inbox, first, parsed(SettlementForm, form, 'say how with --outcome'));
    },
  },
  resend: { words: 1, run: (inbox, { email }, { first }) => requests.sentAgain(inbox, first, email) },
  notices: { words: 0, run: (inbox) => noticesGiven(inbox) },
  failures: { words: 0, run: (inbox) => requests.undelivered(inbox) },
  export: { words: 1, run: (inbox, _, { first }) => people.exported(inbox, addressOf(first)) },
  delete: {
    words: 1,
    run: async (inbox, { yes }, { first }, { ask }) => {
      const email = addressOf(first);
      const typed = yes
        ? email
        : await ask?.(`This cannot be undone. Type ${email} to delete all that is known of it: `);
      if (typed !== email) throw candorError('UsageInvalid', { problem: 'nothing was deleted; add --yes.', usage });
      return people.deleted(inbox, email);
    },
  },
  log: { words: 0, run: (inbox, { known }) => people.log(inbox, known) },
  accounts: { words: 0, run: (inbox) => people.accountList(inbox) },
  add: {
    words: 1,
    run: (inbox, { role, email }, { first: id }) =>
      people.added(inbox, parsed(StaffForm, { id, role, email }, 'give a --role and an --email')),
  },
  remove: { words: 1, run: (inbox, _, { first }) => people.removed(inbox, first) },
  reset: { words: 1, run: (inbox, _, { first }) => people.renewed(inbox, first) },
};

export default defineCommand({
  summary:
    'What visitors asked for and reported: lists, shows and decides it; accounts of staff; what is known of a person; the staff log.',
  words: '[ACTION [ID]]',
  options,
  run: async (given, [name = 'list', ...words], terminal) => {
    if (name === 'reports') {
      const options = parsed(ReportOptions, given, 'that means nothing for reports');
      return print(
        given,
        await withInbox(given, terminal, (inbox) => reports(inbox, options, words, terminal)),
        terminal,
      );
    }
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined || words.length !== action.words)
      throw candorError('UsageInvalid', { problem: `\`inbox ${[name, ...words].join(' ')}\` means nothing.`, usage });
    const [first = '', second = ''] = words;
    const answer = await withInbox(given, terminal, (inbox) => action.run(inbox, given, { first, second }, terminal));
    return print(given, answer, terminal);
  },
});

function print({ json }: Options, answer: Answer, { out }: Terminal): number {
  out(json ? `${escaped(JSON.stringify(answer.json, null, 2))}\n` : answer.text);
  return answer.holds === false ? 1 : 0;
}

/** The same JSON, with what moves a cursor or turns lines as its code: strangers wrote some of it, and it is seen on terminals. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function needed(value: string | undefined, problem: string): string {
  if (value === undefined) throw candorError('UsageInvalid', { problem, usage });
  return value;
}

function addressOf(word: string): string {
  return parsed(Email, word, `\`${word}\` is no e-mail address`);
}

async function textOf({ text, file }: Options, { cwd }: Terminal): Promise<string> {
  if (text !== undefined || file === undefined) return needed(text, 'write the letter with --text or --file.');
  const read = await readFile(resolve(cwd, file), 'utf8').catch(() => undefined);
  return parsed(StaffText, read, `${file} cannot be sent as a letter`);
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, problem: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw candorError('UsageInvalid', { problem: `${problem}: ${result.error.issues[0]?.message ?? ''}.`, usage });
}
