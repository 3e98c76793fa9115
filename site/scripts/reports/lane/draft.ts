import { ATTACHMENT_BYTES } from '../../../../intake/envelope/report.ts';
import { sizeWords } from '../../../words/bytes.ts';
import { element, the } from '../elements.ts';
import type { Looked } from './hints.ts';
import type { Draft } from './orders.ts';

/** What is wrong with a draft, by the id of the field. */
export type Problems = ReadonlyMap<string, string>;

/** The form: what is typed in it stays where it is, whatever becomes of it. Its fields have no names. */
export type DraftForm = {
  form: HTMLFormElement;
  draft: () => Draft;
  looked: () => Looked;
  isCritical: () => boolean;
  isEmpty: () => boolean;
  problems: (isPaused: boolean) => Problems;
  clear: () => void;
};

const texts = ['product', 'version', 'asset', 'steps', 'impact', 'contact'] as const;

/** The form of the page. Throws when the page has none. */
export function draftForm(): DraftForm {
  const form = the('report_form', HTMLFormElement);
  const files = filesOf(the('field_attachments', HTMLInputElement), the('report_files', HTMLUListElement));
  const value = (name: string) => {
    const field = document.getElementById(`field_${name}`);
    const isField =
      field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement;
    return isField ? field.value.trim() : '';
  };
  const isChecked = (name: string) => {
    const box = document.getElementById(`field_${name}`);
    return box instanceof HTMLInputElement && box.checked;
  };
  const looked = () => ({
    title: value('title'),
    description: value('description'),
    product: value('product'),
    version: value('version'),
    asset: value('asset'),
    steps: value('steps'),
  });
  return {
    form,
    looked,
    draft: () => ({
      title: value('title'),
      description: value('description'),
      ...Object.fromEntries(texts.map((name) => [name, value(name)]).filter(([, text]) => text !== '')),
      credit: { wanted: isChecked('credit'), ...(value('creditName') === '' ? {} : { name: value('creditName') }) },
      files: files.chosen,
    }),
    isCritical: () => isChecked('critical'),
    isEmpty: () => files.chosen.length === 0 && Object.values(looked()).every((text) => text === ''),
    problems: (isPaused) => {
      const size = files.chosen.reduce((sum, file) => sum + file.size, 0);
      return new Map([
        ...['title', 'description'].filter((name) => value(name) === '').map((name) => [name, 'is needed'] as const),
        ...(size > ATTACHMENT_BYTES ? [['attachments', 'are larger than 10 MiB together'] as const] : []),
        ...(isPaused && !isChecked('critical')
          ? [['critical', 'must be so: only critical reports are taken in just now'] as const]
          : []),
      ]);
    },
    clear: () => {
      form.reset();
      files.clear();
    },
  };
}

/** The files of the form. Chosen anew they are added, and each can be taken out again. */
function filesOf(input: HTMLInputElement, list: HTMLUListElement): { chosen: readonly File[]; clear: () => void } {
  const files = { chosen: [] as readonly File[], clear: () => set([]) };
  const set = (chosen: readonly File[]) => {
    files.chosen = chosen;
    list.replaceChildren(
      ...chosen.map((file) => {
        const item = element('li');
        // Apart, so that a name cannot turn around what stands beside it.
        item.append(element('bdi', file.name), `, ${sizeWords(file.size)} `);
        const remove = element('button', 'Remove', 'second');
        remove.type = 'button';
        remove.ariaLabel = `Remove ${file.name}`;
        remove.addEventListener('click', () => {
          set(files.chosen.filter((each) => each !== file));
          input.dispatchEvent(new Event('input', { bubbles: true }));
          input.focus();
        });
        item.append(remove);
        return item;
      }),
    );
  };
  input.addEventListener('change', () => {
    set([...files.chosen, ...(input.files ?? [])]);
    input.value = '';
  });
  return files;
}

/** Shows what is wrong: above the form with a link to each field, and at the fields. */
export function showProblems(problems: Problems): void {
  const place = the('report_problems', HTMLElement);
  for (const marked of document.querySelectorAll('#report_form .wrong')) {
    marked.classList.remove('wrong');
    marked.querySelector('.problem')?.remove();
    const field = marked.querySelector('[aria-invalid]');
    field?.removeAttribute('aria-invalid');
    describe(field);
  }
  place.hidden = problems.size === 0;
  const items = [...problems].map(([name, problem]) => {
    const field = document.getElementById(`field_${name}`);
    const box = field?.closest('.field, .consent');
    box?.classList.add('wrong');
    const words = element('p', problem, 'problem');
    words.id = `${name}_problem`;
    box?.append(words);
    field?.setAttribute('aria-invalid', 'true');
    describe(field);
    const anchor = element('a', box?.querySelector('[data-label]')?.textContent ?? name);
    anchor.href = `#field_${name}`;
    const item = element('li');
    item.append(anchor, `: ${problem}`);
    return item;
  });
  place.querySelector('ul')?.replaceChildren(...items);
  if (problems.size > 0) place.focus();
}

/** Names what is said of a field beside it. */
function describe(field: Element | null | undefined): void {
  const name = field?.id.replace('field_', '');
  const said = [`${name}_hint`, `${name}_problem`].filter((id) => document.getElementById(id) !== null);
  if (said.length > 0) field?.setAttribute('aria-describedby', said.join(' '));
  else field?.removeAttribute('aria-describedby');
}
