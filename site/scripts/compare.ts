import { changeCount, diff, type Version } from '../../posture/diff.ts';
import type { ClaimState, Release, ReleaseChanges } from '../../schemas/index.ts';
import { claimChangeWords, namedChangeInWords } from '../words/changes.ts';
import { minute } from '../words/dates.ts';
import { stateWords } from '../words/state-words.ts';

// Shows what changed between the two versions that the address names, by the same rules as the pages of each version.

/** So many reasons are told; the list of versions has the others. */
const REASONS = 25;

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
  const [before, after, reasons] = await Promise.all([read(folder, a), read(folder, b), reasonNodes(folder, a, b)]);
  const changes = diff(before, after);
  return [
    element('h2', `From version ${a} to version ${b}`),
    element('p', coverageText(before.trust.coverage.percent, after.trust.coverage.percent)),
    ...(changeCount(changes) === 0 ? [element('p', 'No claim, subprocessor or document changed.')] : []),
    ...reasons,
    ...claimNodes(folder, changes),
    ...namedNodes('Subprocessors', changes.subprocessors),
    ...namedNodes('Documents', changes.documents),
  ];
}

function coverageText(before: number, after: number): string {
  return before === after ? `Coverage stayed at ${after} %.` : `Coverage: ${before} % before, ${after} % after.`;
}

/** Two files of one version. They are of this site, and its content security policy lets nothing else be read. */
async function read(folder: string, number: number): Promise<Version> {
  const [trust, contents] = await Promise.all(
    ['trust', 'contents'].map((name) => readJson(`${folder}${number}/${name}.json`)),
  );
  return { number, trust, contents };
}

async function readJson(path: string) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

/** Why each version after the older of the two was published, newest first. */
async function reasonNodes(folder: string, a: number, b: number): Promise<Node[]> {
  const [oldest, newest] = [Math.min(a, b), Math.max(a, b)];
  const numbers = Array.from({ length: Math.min(newest - oldest, REASONS) }, (_, index) => newest - index);
  const releases: Release[] = await Promise.all(numbers.map((number) => readJson(`${folder}${number}/manifest.json`)));
  const items = releases.map(({ number, publishedAt, reason }) => {
    const link = element('a', `Version ${number}`);
    link.setAttribute('href', `${folder}${number}/`);
    const when = element('time', minute(publishedAt));
    when.setAttribute('datetime', publishedAt);
    when.className = 'quiet';
    return element('li', link, ' ', when, ' ', reason);
  });
  const rest = newest - oldest - items.length;
  if (rest > 0) items.push(element('li', `… and ${rest} before these, on the list of versions.`));
  return list('Why each version since was published', items, 'reasons');
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
    entries.map((entry) => element('li', element('p', entry.title, ' ', note(namedChangeInWords(entry))))),
  );
}

function list(heading: string, items: Node[], kind = 'change-list'): Node[] {
  if (items.length === 0) return [];
  const all = element('ul', ...items);
  all.className = `plain ${kind}`;
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
