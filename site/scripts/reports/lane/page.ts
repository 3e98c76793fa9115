import { fingerprint, keysDigest } from '../../../../intake/envelope/keys.ts';
import { refusals } from '../../../../intake/web/refusal.ts';
import { type Ask, startAsking } from '../ask.ts';
import { element, the } from '../elements.ts';
import { draftForm, showProblems } from './draft.ts';
import { offerFile, withdrawFile } from './file.ts';
import { hintsFor, type Known } from './hints.ts';
import type { Orders } from './orders.ts';
import { showReceipt } from './receipt.ts';
import { askChallenge, type Said, sendReport } from './send.ts';

// A report leaves this page as ciphertext or not at all. What does not work is said, and the draft stays as it is.

const noAnswer =
  'No answer came. Your draft is still here. Send it again: if the first one did arrive, it stays one report with one number.';
const noWorker =
  'Your browser could not encrypt it, so nothing was sent. Your draft is still here: copy it, and use one of the other ways in.';

/** Makes the form of the page work. `script` is the address of this script, which is also its worker. */
export function startPage(script: string): void {
  const root = document.getElementById('report');
  if (root === null || typeof Worker === 'undefined' || crypto.subtle === undefined) return;
  new Lane(root, startAsking<Orders>(script)).start();
}

class Lane {
  readonly #data: DOMStringMap;
  readonly #ask: Ask<Orders>;
  readonly #draft = draftForm();
  readonly #button = the('report_send', HTMLButtonElement);
  readonly #said = the('report_said', HTMLElement);
  readonly #progress = the('report_progress', HTMLProgressElement);
  readonly #known: Known;
  #recipients: readonly string[];
  /** One for a draft, however often it is tried: so it is one report. Shown when the server has it, and not before. */
  #receipt: Orders['receipt']['given'] | undefined;
  /** What is made of the draft as it is: sent again, it is the same message. */
  #sealed: Promise<Orders['seal']['given']> | undefined;
  #isUnkept = false;

  constructor(root: HTMLElement, ask: Ask<Orders>) {
    this.#data = root.dataset;
    this.#ask = ask;
    this.#recipients = JSON.parse(root.dataset.recipients ?? '[]');
    this.#known = JSON.parse(root.dataset.known ?? '{}');
  }

  start(): void {
    const { form } = this.#draft;
    the('report_unusable', HTMLElement).hidden = true;
    form.hidden = false;
    form.addEventListener('input', () => {
      withdrawFile();
      this.#sealed = undefined;
      this.#hint();
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    addEventListener('beforeunload', (event) => {
      if (this.#isUnkept || !this.#draft.isEmpty()) event.preventDefault();
    });
  }

  #hint(): void {
    const hints = hintsFor(this.#draft.looked(), this.#known);
    const place = the('report_hints', HTMLElement);
    const list = place.querySelector('ul');
    const shown = [...(list?.children ?? [])].map(({ textContent }) => textContent);
    // Read out only when something changed.
    if (shown.join('\n') !== hints.join('\n')) list?.replaceChildren(...hints.map((hint) => element('li', hint)));
    place.hidden = hints.length === 0;
  }

  async #submit(): Promise<void> {
    if (this.#button.disabled) return;
    const problems = this.#draft.problems(this.#data.paused === 'true');
    showProblems(problems);
    this.#tell('');
    if (problems.size > 0) return;
    this.#button.disabled = true;
    this.#progress.hidden = false;
    try {
      await this.#encryptAndSend();
    } catch {
      this.#sealed = undefined;
      this.#tell(noWorker);
    } finally {
      this.#button.disabled = false;
      this.#progress.hidden = true;
      this.#progress.removeAttribute('value');
    }
  }

  async #encryptAndSend(): Promise<void> {
    this.#say('Packing and encrypting…');
    const draft = this.#draft.draft();
    this.#sealed ??= this.#ask('seal', { draft, recipients: this.#recipients });
    const sealed = await this.#sealed;
    if (this.#data.mode === 'file') {
      offerFile(sealed.message);
      this.#say('');
      the('file_title', HTMLElement).focus();
      return;
    }
    this.#receipt ??= await this.#ask('receipt', null);
    const message = { ...sealed, receipt: this.#receipt, isCritical: this.#draft.isCritical() };
    let answer: Said;
    try {
      answer = await this.#send(message);
    } catch {
      this.#tell(noAnswer);
      offerFile(sealed.message);
      return;
    }
    if (answer.status === 201 && 'number' in answer.body) this.#done(this.#receipt.code, answer.body.number);
    else if (answer.status === 422 && 'keys' in answer.body) await this.#otherKeys(answer.body.keys);
    else this.#refused(answer, sealed.message);
  }

  /** With a proof of work; when that one is not taken, with another one, once. */
  async #send(message: Omit<Parameters<typeof sendReport>[2], 'solution'>): Promise<Said> {
    const { address = '', challenge: from = '' } = this.#data;
    const token = the('report', HTMLElement).querySelector<HTMLInputElement>('input[type=hidden]')?.value ?? '';
    let challenge = await askChallenge(from);
    for (let tries = 0; ; tries += 1) {
      if (!('parameters' in challenge)) return challenge;
      this.#say('Doing a sum that costs robots time…');
      const solution = await this.#ask('solve', challenge);
      this.#say('Sending…');
      const answer = await sendReport(address, token, { ...message, solution }, (part) => {
        this.#progress.value = part;
      });
      this.#progress.removeAttribute('value');
      if (answer.status !== 428 || tries > 0 || !('challenge' in answer.body)) return answer;
      challenge = answer.body.challenge;
    }
  }

  #done(code: string, number: string): void {
    this.#receipt = undefined;
    this.#sealed = undefined;
    this.#draft.clear();
    this.#draft.form.hidden = true;
    withdrawFile();
    this.#say('');
    for (const intro of document.querySelectorAll<HTMLElement>('[data-before]')) intro.hidden = true;
    this.#isUnkept = true;
    showReceipt(code, number, this.#data.organization ?? '', () => {
      this.#isUnkept = false;
    });
  }

  /** The keys were replaced while somebody wrote. They are shown before anything is encrypted to them. */
  async #otherKeys(keys: readonly string[]): Promise<void> {
    if ((await keysDigest(keys)) === (await keysDigest(this.#recipients))) {
      this.#tell(
        'The server did not take what this page made, though the keys are the same. Load the page again in another tab, and copy your draft into it.',
      );
      return;
    }
    const shown = await Promise.all(keys.map(fingerprint));
    this.#recipients = keys;
    this.#sealed = undefined;
    this.#tell(
      `Our keys were replaced while you wrote, and nothing was taken in. The new ones are ${shown.join(' and ')}. Send it again to encrypt it to these.`,
    );
  }

  #refused({ body }: Said, message: Uint8Array<ArrayBuffer>): void {
    const problem = 'problem' in body && typeof body.problem === 'string' ? body.problem : '';
    const { title, text } = Object.entries(refusals).find(([name]) => name === problem)?.[1] ?? refusals.unavailable;
    this.#tell(`${title}. ${text} Your draft is still here.`);
    offerFile(message);
  }

  /** What goes on just now. */
  #say(words: string): void {
    the('report_doing', HTMLElement).textContent = words;
  }

  /** What somebody must know. */
  #tell(words: string): void {
    this.#say('');
    this.#said.textContent = words;
    this.#said.hidden = words === '';
  }
}
