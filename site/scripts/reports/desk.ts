import { startWorker } from './ask.ts';
import { the } from './elements.ts';
import { messageNodes } from './shown.ts';

// The messages of a case, decrypted in the browser of whoever works on it, and what they write, encrypted before it leaves.
// An identity is in the memory of this page alone: it is gone with the page, and is asked for again on the next one.

const ask = startWorker();
const opener = the('identity', HTMLFormElement);
const file = the('field_identity_file', HTMLInputElement);
const pasted = the('field_identity', HTMLTextAreaElement);
const said = the('identity_said', HTMLElement);

/** The recipients of the identities that are in this page. */
let own: readonly string[] = [];

opener.hidden = false;
opener.addEventListener('submit', (event) => {
  event.preventDefault();
  void read();
});
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-recipients]')) prepare(form);

/** Decrypts every message of the page that the identities open. */
async function read(): Promise<void> {
  const text = `${pasted.value}\n${(await file.files?.[0]?.text()) ?? ''}`;
  const identities = text.split(/\s+/).filter((word) => /^AGE-SECRET-KEY-PQ-1[0-9A-Z]+$/i.test(word));
  pasted.value = '';
  file.value = '';
  if (identities.length === 0) {
    said.textContent = 'There is no identity in it: a line that begins with AGE-SECRET-KEY-PQ-1.';
    return;
  }
  said.textContent = 'Decrypting…';
  own = await ask('recipients', identities);
  const messages = [...document.querySelectorAll<HTMLElement>('[data-message]')];
  const opened = await Promise.all(messages.map((message) => decrypt(message, identities)));
  const count = opened.filter(Boolean).length;
  said.textContent = `${count} of ${messages.length} ${messages.length === 1 ? 'message' : 'messages'} decrypted. The identity is in the memory of this page alone.`;
}

async function decrypt(place: HTMLElement, identities: readonly string[]): Promise<boolean> {
  try {
    const response = await fetch(place.dataset.message ?? '');
    if (!response.ok) throw new Error('It is not there.');
    const message = new Uint8Array(await response.arrayBuffer());
    const opened = await ask('open', { message, identities });
    place.replaceChildren(...messageNodes(opened));
    return true;
  } catch {
    place.textContent = 'None of your identities opens this.';
    return false;
  }
}

/** Has a form encrypt what is written before it is sent, as the file that one would choose without this script. */
function prepare(form: HTMLFormElement): void {
  const text = form.querySelector<HTMLTextAreaElement>('[data-text]');
  const to = form.querySelector<HTMLTextAreaElement>('textarea[data-to]');
  const message = form.querySelector<HTMLInputElement>('input[type=file]');
  const said = form.querySelector('[role=status]');
  if (text === null || message === null) return;
  text.disabled = false;
  if (to !== null) to.disabled = false;
  form.addEventListener('submit', (event) => {
    if (text.value.trim() === '') return;
    event.preventDefault();
    const team: string[] = JSON.parse(form.dataset.recipients ?? '[]');
    const others = form.dataset.to === 'own' ? own : (to?.value.split(/\s+/).filter((word) => word !== '') ?? []);
    void ask('seal', { text: text.value, recipients: [...team, ...others] }).then(
      (sealed) => {
        const files = new DataTransfer();
        files.items.add(new File([sealed], 'message.age'));
        message.files = files.files;
        form.submit();
      },
      () => said?.replaceChildren('It could not be encrypted, and was not sent.'),
    );
  });
}
