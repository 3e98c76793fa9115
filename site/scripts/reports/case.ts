import { keysDigest } from '../../../intake/envelope/keys.ts';
import { readReceiptCode } from '../../../intake/envelope/receipt.ts';
import { ATTACHMENT_BYTES } from '../../../intake/envelope/report.ts';
import type { SealedCase, SealedReturn } from '../../../intake/reports/return/sealed.ts';
import { minute } from '../../words/dates.ts';
import { reporterStateWords } from '../../words/reports.ts';
import { read, startAsking, workerAddress } from './ask.ts';
import { element, the } from './elements.ts';
import { leaveNothing } from './leave.ts';
import { fileNode, messageNodes, pair } from './shown.ts';
import type { Orders } from './worker.ts';

// The way back to a report. What leaves the browser: what is derived from the code to find the case, and what is encrypted.

const problems: Readonly<Record<number, string>> = {
  404: 'No open case has this code. Is every character right? A case that was closed no longer opens.',
  413: 'This is too large. Shorten it, or send it in parts.',
  422: 'It was not kept: our keys have changed. Send it again; your text is still here.',
  429: 'Too many came at once, from your network or in this case. Your text is still here: send it again later.',
  403: 'This page is too old, or cookies are off. Copy what you wrote, and load the page again.',
};
const noCode =
  'This is no whole receipt code: one has 32 letters and digits, in eight groups. Compare it with what you kept.';
const toTheTeam = 'It is encrypted to our team.';
const away = 'This does not work just now. Nothing was lost: try again in a few minutes.';

type Keys = Orders['keys']['given'];

const ask = startAsking<Orders>(workerAddress());
const root = the('case', HTMLElement);
const code = the('field_code', HTMLInputElement);
const text = the('field_text', HTMLTextAreaElement);
const files = the('field_files', HTMLInputElement);
const opener = the('case_code', HTMLFormElement);
const answerForm = the('case_answer', HTMLFormElement);
const token = root.querySelector<HTMLInputElement>('input[type=hidden]');
let opened: { keys: Keys; found: SealedCase } | undefined;
/** The same for what is sent again after a failure, so that it is kept once. */
let once = crypto.randomUUID();

leaveNothing(() => text.value !== '');
opener.hidden = false;
opener.addEventListener('submit', (event) => {
  event.preventDefault();
  void busy(opener, 'case_said', open).then(() => {
    const isWrong = opened === undefined;
    code.ariaInvalid = String(isWrong);
    code.closest('.field')?.classList.toggle('wrong', isWrong);
    the('case_said', HTMLElement).classList.toggle('problem', isWrong);
    if (isWrong) code.focus();
  });
});
// What was changed is another message.
answerForm.addEventListener('input', () => {
  once = crypto.randomUUID();
});
answerForm.addEventListener('submit', (event) => {
  event.preventDefault();
  void busy(answerForm, 'case_sent', answer);
});

async function open(): Promise<string> {
  const typed = readReceiptCode(code.value);
  if (typed === undefined) return noCode;
  const keys = await ask('keys', typed);
  const found = await sent({ access: keys.access });
  if (typeof found === 'string') return found;
  opened = { keys, found };
  code.value = '';
  opener.hidden = true;
  await show();
  the('case_state', HTMLElement).focus();
  return '';
}

async function answer(): Promise<string> {
  if (opened === undefined) return '';
  const { keys, found } = opened;
  const recipients = [...found.keys, ...(found.replyTo === null ? [] : [found.replyTo])];
  const chosen = [...(files.files ?? [])];
  if (chosen.reduce((sum, { size }) => sum + size, 0) > ATTACHMENT_BYTES) {
    files.focus();
    return 'Your files are larger than 10 MiB together. Nothing was sent; your text is still here.';
  }
  const attachments = await read(chosen);
  const message = await ask('seal', { text: text.value, attachments, recipients });
  const after = await sent({
    access: keys.access,
    keys: await keysDigest(found.keys),
    once,
    message: new Blob([message]),
  });
  if (typeof after === 'string') return after;
  opened = { keys, found: after };
  once = crypto.randomUUID();
  answerForm.reset();
  await show();
  return 'We have your message.';
}

/** Sends something to the server: the case as it is then, or what to tell. */
async function sent(fields: Record<string, string | Blob>): Promise<SealedCase | string> {
  const body = new FormData();
  for (const [name, value] of Object.entries({ 'form-token': token?.value ?? '', ...fields })) body.append(name, value);
  const response = await fetch(root.dataset.address ?? '', {
    method: 'POST',
    body,
    headers: { Accept: 'application/json' },
  });
  const { status } = response;
  if (status !== 200 && status !== 422) return problems[status] ?? away;
  const answered: SealedReturn['body'] = await response.json();
  if ('messages' in answered) return answered;
  if (opened !== undefined && 'keys' in answered) opened.found.keys = answered.keys;
  return problems[422] ?? '';
}

async function show(): Promise<void> {
  if (opened === undefined) return;
  const { id, state, openedAt, messages, replyTo, promises } = opened.found;
  the('case_state', HTMLElement).textContent = reporterStateWords[state].title;
  the('case_text', HTMLElement).textContent = reporterStateWords[state].text;
  the('case_facts', HTMLElement).replaceChildren(
    pair('Number', id),
    pair('Received', minute(String(openedAt))),
    ...promises.map(({ title, dueAt }) => pair('Promised until', `${minute(String(dueAt))}: ${title}`)),
  );
  const own = replyTo === opened.keys.recipient ? [opened.keys.identity] : [];
  const parts = await Promise.all(messages.map((message) => article(message, own)));
  the('case_messages', HTMLElement).replaceChildren(...parts);
  the('case_shown', HTMLElement).hidden = false;
}

async function article({ position, at, from, armored }: SealedCase['messages'][number], own: readonly string[]) {
  const made = element('article');
  const who = from === 'team' ? 'We wrote' : position === 1 ? 'Your report' : 'You wrote';
  made.append(element('p', `${who}, ${minute(String(at))}`, 'quiet'), ...(await content(from, armored, own)));
  return made;
}

async function content(from: 'reporter' | 'team', armored: string | null, own: readonly string[]): Promise<Node[]> {
  if (armored === null) return [element('p', from === 'team' ? 'It was deleted.' : toTheTeam)];
  const read = await ask('open', { message: armored, identities: own }).catch(() => undefined);
  if (read !== undefined) return messageNodes(read);
  if (own.length > 0) return [element('p', from === 'team' ? 'Your code does not open it.' : toTheTeam)];
  const file = element('ul', '', 'stated');
  file.append(fileNode('message.age', new TextEncoder().encode(armored)));
  return [element('p', 'It is encrypted to the age recipient that you gave us; your code does not open it.'), file];
}

/** Does something for a form, once at a time, and says what came of it. */
async function busy(form: HTMLFormElement, place: string, work: () => Promise<string>): Promise<void> {
  const button = form.querySelector('button');
  if (button === null || button.disabled) return;
  button.disabled = true;
  const said = the(place, HTMLElement);
  said.textContent = 'One moment…';
  said.textContent = await work().catch(() => away);
  button.disabled = false;
}
