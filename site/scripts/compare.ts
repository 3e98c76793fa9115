import { changeCount, diff, type Version } from '../../posture/diff.ts';
import type { ClaimState, ReleaseChanges } from '../../schemas/index.ts';
import { claimChangeWords, namedChangeWords } from '../words/changes.ts';
import { stateWords } from '../words/state-words.ts';

// Shows what changed between the two versions that the address names, by the same rules as the pages of each version.

const form = document.querySelector<HTMLFormElement>('form.compare');
const target = document.querySelector('#difference');
if (form !== null && target !== null) {
  form.querySelector('button')?.removeAttribute('disabled');
  const asked = new URLSearchParams(location.search);
  const [a, b] = ['a', 'b'].map((name) => Number(asked.get(name)));
  if (asked.has('a') && asked.has('b') && a !== undefined && b !== undefined) {
    for (const [name, value] of asked) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    show(form.dataset.versions ?? '/versions/', a, b).then(
      (nodes) => target.replaceChildren(...nodes),
      () =>
        target.replaceChildren(element('p', 'One of these versions could not be read. Are both numbers on the list?')),
    );
  }
}

async function show(folder: string, a: number, b: number): Promise<Node[]> {
  const [before, after] = await Promise.all([read(folder, a), read(folder, b)]);
  const changes = diff(before, after);
  return [
    element('h2', `From version ${a} to version ${b}`),
    element('p', `Coverage: ${before.trust.coverage.percent} % before, ${after.trust.coverage.percent} % after.`),
    ...(changeCount(changes) === 0 ? [element('p', 'No claim, subprocessor or document changed.')] : []),
    ...claimNodes(folder, changes),
    ...namedNodes('Subprocessors', changes.subprocessors),
    ...namedNodes('Documents', changes.documents),
  ];
}

/** Two files of one version. They are of this site, and its content security policy lets nothing else be read. */
async function read(folder: string, number: number): Promise<Version> {
  const [trust, contents] = await Promise.all(
    ['trust', 'contents'].map(async (name) => {
      const response = await fetch(`${folder}${number}/${name}.json`);
      if (!response.ok) throw new Error(`${response.status}`);
      return response.json();
    }),
  );
  return { number, trust, contents };
}

function claimNodes(folder: string, { claims, from, to }: ReleaseChanges): Node[] {
  const items = claims.map(({ id, title, change, before, after }) => {
    const link = element('a', title);
    link.setAttribute('href', `${folder}${after === null ? from : to}/#${id}`);
    const turn = element('p');
    turn.className = 'turn';
    if (before !== null) turn.append(badge(before));
    if (before !== null && after !== null && before !== after) turn.append(' became ');
    if (after !== null && after !== before) turn.append(badge(after));
    return element('li', element('p', link, ' ', note(claimChangeWords[change])), turn);
  });
  return list('Claims', items);
}

function namedNodes(heading: string, entries: ReleaseChanges['documents']): Node[] {
  return list(
    heading,
    entries.map(({ title, change }) => element('li', element('p', title, ' ', note(namedChangeWords[change])))),
  );
}

function list(heading: string, items: Node[]): Node[] {
  if (items.length === 0) return [];
  const all = element('ul', ...items);
  all.className = 'plain change-list';
  return [element('h3', heading), all];
}

function badge(state: ClaimState): HTMLElement {
  const mark = element('span', stateWords[state].word);
  mark.className = 'badge';
  mark.dataset.state = state;
  return mark;
}

function note(text: string): HTMLElement {
  const mark = element('span', text);
  mark.className = 'note';
  return mark;
}

function element(name: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}
