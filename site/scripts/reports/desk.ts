import { ATTACHMENT_BYTES, type Opened } from '../../../intake/envelope/report.ts';
import { ASK_AGAIN } from '../../../intake/reports/desk/ask-again.ts';
import { read, startAsking, workerAddress } from './ask.ts';
import { element, the } from './elements.ts';
import { leaveNothing } from './leave.ts';
import { answerTo, takePlace } from './page.ts';
import { caseText, messageNodes } from './shown.ts';
import type { Orders } from './worker.ts';

// The messages of a case, decrypted in the browser of whoever works on it, and what they write, encrypted before it leaves.
// An identity is in the memory of this page alone. So that it need not be chosen again after every act, acts are sent by this
// script, and the answer takes the place of what is shown; with the page, the identity is gone.

const AWAY = 'This could not be loaded: you are no longer signed in, or the server is away. Load the page again.';

const ask = startAsking<Orders>(workerAddress());

/** A message that was decrypted, and how it is shown. */
type Shown = { read: Opened; shown: readonly Node[] };

/** The identities that are in this page. */
let identities: readonly string[] = [];
/** What was decrypted, by the address of the message, and how it is shown. */
const opened = new Map<string, Shown>();

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.closest('main') === null) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  busy(true);
  void (form.id === 'identity' ? takeIdentity() : act(form, body)).finally(() => busy(false));
});
leaveNothing(() =>
  [...document.querySelectorAll<HTMLTextAreaElement>('[data-text]')].some(({ value }) => value !== ''),
);
prepare();

/** Makes what only a script can do usable, in the page as it is now. */
function prepare(): void {
  the('identity', HTMLFormElement).hidden = false;
  for (const field of document.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('[data-text], [data-files]'))
    field.disabled = false;
  the('export', HTMLButtonElement).addEventListener('click', save);
}

/** One thing at a time. */
function busy(isBusy: boolean): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('main button[type=submit]'))
    button.disabled = isBusy;
}

async function takeIdentity(): Promise<void> {
  const [file, pasted] = [the('field_identity_file', HTMLInputElement), the('field_identity', HTMLTextAreaElement)];
  const text = `${pasted.value}\n${(await file.files?.[0]?.text()) ?? ''}`;
  const found = text.split(/\s+/).filter((word) => /^AGE-SECRET-KEY-PQ-1[0-9A-Z]+$/i.test(word));
  pasted.value = '';
  file.value = '';
  const recipients = await ask('recipients', found).catch(() => []);
  if (recipients.length === 0) {
    the('identity_said', HTMLElement).textContent =
      'There is no whole identity in it: a line that begins with AGE-SECRET-KEY-PQ-1.';
    return file.focus();
  }
  identities = found;
  await decryptAll();
}

/** Decrypts every message of the page that the identities open and that was not decrypted before. */
async function decryptAll(): Promise<void> {
  const said = the('identity_said', HTMLElement);
  const places = [...document.querySelectorAll<HTMLElement>('[data-message]')];
  said.textContent = 'Decrypting…';
  const count = (await Promise.all(places.map(decrypt))).filter(Boolean).length;
  said.textContent = `${count} of ${places.length} ${places.length === 1 ? 'message' : 'messages'} decrypted. The identity stays in the memory of this page until you leave it.`;
  the('export', HTMLButtonElement).hidden = count === 0;
}

async function decrypt(place: HTMLElement): Promise<boolean> {
  const address = place.dataset.message ?? '';
  const known = opened.get(address) ?? (await readAt(address));
  if (typeof known === 'string') {
    place.replaceChildren(...(known === 'closed' ? unreadable(place) : [element('p', AWAY)]));
    return false;
  }
  opened.set(address, known);
  place.replaceChildren(...known.shown);
  return true;
}

/** Reads a message. `away`: it did not come; `closed`: no identity of this page opens it. */
async function readAt(address: string): Promise<Shown | 'away' | 'closed'> {
  const message = await fetched(address).catch(() => undefined);
  if (message === undefined) return 'away';
  const read = await ask('open', { message, identities }).catch(() => undefined);
  return read === undefined ? 'closed' : { read, shown: messageNodes(read) };
}

/** A file of this server; undefined where another page answers, such as the one to sign in. */
async function fetched(address: string): Promise<Uint8Array | undefined> {
  const response = await fetch(address);
  return response.ok && !response.redirected ? new Uint8Array(await response.arrayBuffer()) : undefined;
}

/** What to do about a message that cannot be read; what a reporter sent, they can send again. */
function unreadable({ dataset }: HTMLElement): Node[] {
  const reply = document.getElementById('reply_text');
  const said = element('p', 'None of your identities opens this. Perhaps another one of the team opens it.');
  if (dataset.author !== 'reporter' || !(reply instanceof HTMLTextAreaElement)) return [said];
  const button = element('button', 'Ask the reporter to send it again', 'second');
  button.type = 'button';
  button.addEventListener('click', () => {
    reply.value = ASK_AGAIN;
    reply.focus();
  });
  return [said, button];
}

/** Sends a form, with what is written in it encrypted, and shows the page that answers. */
async function act(form: HTMLFormElement, body: FormData): Promise<void> {
  const title = form.closest('section')?.querySelector('h2')?.textContent ?? 'It';
  tell('One moment…');
  const problem = await encrypt(form, body);
  if (problem !== undefined) return tell(problem, true);
  const answer = await answerTo(form.action, body);
  if ('problem' in answer) return tell(answer.problem, true);
  takePlace(answer.main, answer.isDone ? form : undefined);
  prepare();
  if (answer.isDone) tell(`${title}: done.`, true);
  else {
    tell('');
    const said = document.querySelector<HTMLElement>('main .problems');
    said?.setAttribute('tabindex', '-1');
    said?.focus();
  }
  if (identities.length > 0) void decryptAll();
}

/** Puts what is written in a form into `body` as the file that one would choose without this script; or says what hinders it. */
async function encrypt(form: HTMLFormElement, body: FormData): Promise<string | undefined> {
  const text = form.querySelector<HTMLTextAreaElement>('[data-text]')?.value.trim() ?? '';
  const files = [...(form.querySelector<HTMLInputElement>('[data-files]')?.files ?? [])];
  if (text === '' && files.length === 0) return undefined;
  if (files.reduce((sum, { size }) => sum + size, 0) > ATTACHMENT_BYTES)
    return 'The files are larger than 10 MiB together. Nothing was sent.';
  const recipients: string[] = JSON.parse(form.dataset.recipients ?? '[]');
  try {
    const attachments = await read(files);
    const sealed = await ask('seal', { text, attachments, recipients });
    body.set('message', new File([sealed], 'message.age'));
    return undefined;
  } catch {
    return 'It could not be encrypted, and was not sent.';
  }
}

/** Says what came of an act; `isLast`: where whoever acts should look now. */
function tell(words: string, isLast = false): void {
  const said = the('deed_said', HTMLElement);
  said.textContent = words;
  if (isLast) said.focus();
}

/** Offers all that was decrypted as one file of text. */
function save(): void {
  const messages = [...document.querySelectorAll<HTMLElement>('[data-message]')].map(({ dataset, parentElement }) => ({
    title: parentElement?.querySelector('p')?.textContent ?? '',
    read: opened.get(dataset.message ?? '')?.read,
  }));
  const number = the('export', HTMLButtonElement).dataset.number ?? '';
  const anchor = element('a');
  anchor.href = URL.createObjectURL(new Blob([caseText(number, messages)], { type: 'application/octet-stream' }));
  anchor.download = `${number}.txt`;
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}
