/** What came of an act: the page of the case that answers, or why there is none. */
type Answered = { main: HTMLElement; isDone: boolean } | { problem: string };

/** Sends a form as the browser would. The page of a case is sent to after what was done, and answers itself what was not. */
export async function answerTo(address: string, body: FormData): Promise<Answered> {
  try {
    const response = await fetch(address, { method: 'POST', body });
    const { documentElement } = new DOMParser().parseFromString(await response.text(), 'text/html');
    const main = documentElement.querySelector('main');
    if (main?.querySelector('#identity')) return { main, isDone: response.redirected };
    const said = main?.querySelector('h1')?.textContent ?? String(response.status);
    return {
      problem: `This was not done: “${said}”. What you wrote is still here; copy it before you load the page again.`,
    };
  } catch {
    return {
      problem:
        'No answer came, so it may have been done. What you wrote is still here: send it again, and a case that changed says so.',
    };
  }
}

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Shows another `main`. What was typed and not sent stays; so does what was refused. `sent`: the form that was done. */
export function takePlace(main: HTMLElement, sent: HTMLFormElement | undefined): void {
  const kept = [...document.querySelectorAll<Field>('main [id]:is(input, textarea)')].filter(
    (field) => field.form !== sent,
  );
  document.querySelector('main')?.replaceWith(main);
  for (const field of kept) {
    const now = document.getElementById(field.id);
    const isSame = now instanceof HTMLInputElement || now instanceof HTMLTextAreaElement;
    if (!isSame || field.value === field.defaultValue) continue;
    if (field.type === 'file' && now instanceof HTMLInputElement && field instanceof HTMLInputElement)
      now.files = field.files;
    else now.value = field.value;
  }
}
