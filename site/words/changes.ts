import type { ClaimChange, NamedChange, ReleaseChanges } from '../../schemas/index.ts';
import { stopAfter } from './sentence.ts';
import { stateWords } from './state-words.ts';

/** What became of a claim, in a word. */
export const claimChangeWords: Record<ClaimChange['change'], string> = {
  added: 'added',
  removed: 'removed',
  state: 'state changed',
  reworded: 'reworded',
};

/** What became of a subprocessor or document, in a word. */
export const namedChangeWords: Record<NamedChange['change'], string> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
};

/** What changed in plain sentences, one for each thing: for feeds, where there are no badges. */
export function changeSentences({ from, coverage, claims, subprocessors, documents }: ReleaseChanges): string[] {
  if (from === null || coverage.before === null) return ['This is the first version.'];
  const sentences = [
    coverageSentence(coverage.before.percent, coverage.after.percent),
    ...claims.map(claimSentence),
    ...subprocessors.map(
      ({ title, change }) => `Subprocessor ${namedChangeWords[change]}: ${title}${stopAfter(title)}`,
    ),
    ...documents.map(({ title, change }) => `Document ${namedChangeWords[change]}: ${title}${stopAfter(title)}`),
  ];
  return sentences.length === 1 ? [...sentences, 'No claim, subprocessor or document changed.'] : sentences;
}

function coverageSentence(before: number, after: number): string {
  return before === after ? `Coverage stayed at ${after} %.` : `Coverage was ${before} % and is ${after} %.`;
}

function claimSentence({ title, change, before, after }: ClaimChange): string {
  const was = before === null ? '' : stateWords[before].word;
  const is = after === null ? '' : stateWords[after].word;
  if (change === 'added') return `Claim added: “${title}”, ${is}.`;
  if (change === 'removed') return `Claim removed: “${title}”, which was ${was}.`;
  return change === 'state' ? `Claim “${title}” was ${was} and is ${is}.` : `Claim reworded: “${title}”, ${is}.`;
}
