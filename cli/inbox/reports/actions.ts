import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ASK_AGAIN } from '../../../intake/reports/desk/ask-again.ts';
import type { PlainState } from '../../../intake/reports/desk/decide.ts';
import { isHybridRecipient } from '../../../schemas/core/age-recipient.ts';
import { candorError, Id, StaffText } from '../../../schemas/index.ts';
import type { Terminal } from '../../command.ts';
import type { Answer } from '../answer.ts';
import type { Inbox } from '../open.ts';
import * as deeds from './deeds.ts';
import { type Opener, openerOf } from './identity.ts';
import * as look from './look.ts';
import type { ReportOptions } from './options.ts';
import { checked, rekeyed } from './rekey.ts';

const usage =
  'candor inbox reports [list | show ID | decrypt ID | export ID | acknowledge ID | triage ID | confirm ID | fix ID | disclose ID | duplicate ID OF | not-applicable ID | informative ID | close ID | reopen ID | note ID | reply ID | ask ID | assign ID ACCOUNT | unassign ID | guest ID ACCOUNT | unguest ID ACCOUNT | share ID MESSAGE | regulatory ID | rekey [ID] | check] --as ID';

/** What an action is done with: who acts and where, what was given, and what an identity opens. */
type Doing = {
  inbox: Inbox;
  given: ReportOptions;
  terminal: Terminal;
  first: string;
  second: string;
  opener: () => Promise<Opener>;
};

/** An action: how many words must follow it on the line, and what it does. */
type Action = { words: readonly number[]; run: (doing: Doing) => Promise<Answer> };

/** An action that says nothing but where a case stands from now on. */
const moving = (to: PlainState): Action => ({
  words: [1],
  run: ({ inbox, first }) => deeds.moved(inbox, first, to),
});

const actions: Readonly<Record<string, Action>> = {
  list: {
    words: [0],
    run: ({ inbox, given: { state, assignee, overdue, after } }) =>
      look.listed(inbox, { state, assignee, overdue, after }),
  },
  show: { words: [1], run: ({ inbox, first }) => look.shown(inbox, first) },
  decrypt: {
    words: [1],
    run: async ({ inbox, given: { out }, terminal, first, opener }) =>
      look.decrypted(inbox, first, await opener(), out === undefined ? undefined : resolve(terminal.cwd, out)),
  },
  export: {
    words: [1],
    run: async ({ inbox, given: { out }, terminal, first, opener }) =>
      look.exported(inbox, first, await opener(), resolve(terminal.cwd, needed(out, 'name a folder with --out.'))),
  },
  acknowledge: moving('acknowledged'),
  triage: {
    words: [1],
    run: ({ inbox, given: { cvss, cwe }, first }) =>
      deeds.triaged(inbox, first, needed(cvss, 'say how severe it is with --cvss.'), cwe),
  },
  confirm: moving('confirmed'),
  fix: moving('fixed'),
  disclose: moving('disclosed'),
  duplicate: { words: [2], run: ({ inbox, first, second }) => deeds.duplicated(inbox, first, second) },
  'not-applicable': moving('not-applicable'),
  informative: moving('informative'),
  close: moving('closed'),
  reopen: moving('triaged'),
  note: {
    words: [1],
    run: async (doing) => deeds.wrote(doing.inbox, doing.first, 'team', await textOf(doing)),
  },
  reply: {
    words: [1],
    run: async (doing) => deeds.wrote(doing.inbox, doing.first, 'reporter', await textOf(doing)),
  },
  ask: {
    words: [1],
    run: async (doing) => {
      const { text, file } = doing.given;
      const asked = text === undefined && file === undefined ? ASK_AGAIN : await textOf(doing);
      return deeds.wrote(doing.inbox, doing.first, 'reporter', asked);
    },
  },
  assign: { words: [2], run: ({ inbox, first, second }) => deeds.assigned(inbox, first, account(second)) },
  unassign: { words: [1], run: ({ inbox, first }) => deeds.assigned(inbox, first, null) },
  guest: {
    words: [2],
    run: async (doing) => deeds.guest(doing.inbox, doing.first, account(doing.second), await recipientsOf(doing)),
  },
  unguest: { words: [2], run: ({ inbox, first, second }) => deeds.noGuest(inbox, first, account(second)) },
  share: {
    words: [2],
    run: async (doing) => {
      if (!/^[1-9]\d{0,5}$/.test(doing.second)) throw wrong(`\`${doing.second}\` is the number of no message.`);
      return deeds.shared(doing.inbox, doing.first, Number(doing.second), await doing.opener());
    },
  },
  regulatory: {
    words: [1],
    run: ({ inbox, given: { regime, event, step }, first }) => {
      if (regime === undefined && event === undefined && step === undefined) return look.shown(inbox, first);
      if (event === undefined && step === undefined)
        throw wrong('say what has happened with --event, or what was handed in with --step.');
      return deeds.regulated(inbox, first, { regime: needed(regime, 'name the law with --regime.'), event, step });
    },
  },
  rekey: {
    words: [0, 1],
    run: async (doing) => rekeyed(doing.inbox, doing.first === '' ? undefined : doing.first, await doing.opener()),
  },
  check: { words: [0], run: async ({ inbox, opener }) => checked(inbox, await opener()) },
};

/** Does what follows `candor inbox reports` on the line. Throws UsageInvalid, and what the action throws. */
export async function reports(
  inbox: Inbox,
  given: ReportOptions,
  [name = 'list', ...words]: readonly string[],
  terminal: Terminal,
): Promise<Answer> {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined || !action.words.includes(words.length))
    throw wrong(`\`inbox reports ${[name, ...words].join(' ')}\` means nothing.`);
  const [first = '', second = ''] = words;
  return action.run({ inbox, given, terminal, first, second, opener: () => openerOf(given, terminal) });
}

async function textOf({ given: { text, file }, terminal: { cwd } }: Doing): Promise<string> {
  if (text === undefined && file === undefined) throw wrong('write the text with --text or --file.');
  const read = text ?? (await readFile(resolve(cwd, file ?? ''), 'utf8').catch(() => undefined));
  const parsed = StaffText.safeParse(read);
  if (!parsed.success) throw wrong(`it cannot be sent: ${parsed.error.issues[0]?.message ?? ''}.`);
  return parsed.data;
}

async function recipientsOf({ given: { recipients }, terminal: { cwd } }: Doing): Promise<string[]> {
  if (recipients === undefined) return [];
  const text = await readFile(resolve(cwd, recipients), 'utf8').catch(() => undefined);
  if (text === undefined) throw wrong(`${recipients} cannot be read.`);
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (!lines.every(isHybridRecipient))
    throw wrong(`${recipients} must hold hybrid age recipients, age1pq1…, a line each.`);
  return lines;
}

function account(word: string): string {
  const parsed = Id.safeParse(word);
  if (!parsed.success) throw wrong(`\`${word}\` is no account.`);
  return parsed.data;
}

function needed<T>(value: T | undefined, problem: string): T {
  if (value === undefined) throw wrong(problem);
  return value;
}

function wrong(problem: string) {
  return candorError('UsageInvalid', { problem, usage });
}
