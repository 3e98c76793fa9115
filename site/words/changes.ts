import type { ClaimChange, NamedChange, ReleaseChanges, Subprocessor } from '../../schemas/index.ts';
import { stopAfter } from './sentence.ts';
import { stateWords } from './state-words.ts';

/** What became of a claim, in a word. */
export const claimChangeWords: Record<ClaimChange['change'], string> = {
  added: 'added',
  removed: 'removed',
  state: 'state changed',
  reworded: 'reworded',
};

/** What each field of a subprocessor says, in a word or two. */
const fieldWords: Readonly<Record<keyof Subprocessor, string>> = {
  name: 'name',
  legalName: 'legal name',
  url: 'website',
  contact: 'contact',
  address: 'address',
  country: 'country',
  purpose: 'purpose',
  engagement: 'whether it is required',
  optOut: 'opting out',
  exposure: 'what it sees',
  dataItems: 'data',
  regions: 'regions',
  transfer: 'transfer',
  dpa: 'agreement',
  vettedOn: 'vetting',
  authentication: 'authentication',
  terms: 'terms',
  certifications: 'certificates',
  subprocessorsUrl: 'its own subprocessors',
  since: 'start',
  until: 'end',
  notices: 'notices',
  vendors: 'vendors of the map',
  signals: 'signals',
  unobservable: 'why it cannot be seen',
};

/** What became of a subprocessor or document: `changed (regions, agreement)`. A field of another version of Candor is named as it is. */
export function namedChangeInWords({ change, fields = [] }: Pick<NamedChange, 'change' | 'fields'>): string {
  const words = new Map(Object.entries(fieldWords));
  const said = fields.map((field) => words.get(field) ?? field);
  return said.length === 0 ? namedChangeWords[change] : `${namedChangeWords[change]} (${said.join(', ')})`;
}

const namedChangeWords: Record<NamedChange['change'], string> = {
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
    ...subprocessors.map((entry) => namedSentence('Subprocessor', entry)),
    ...documents.map((entry) => namedSentence('Document', entry)),
  ];
  return sentences.length === 1 ? [...sentences, 'No claim, subprocessor or document changed.'] : sentences;
}

/** `Subprocessor changed (regions): Amazon Web Services.` */
export function namedSentence(what: 'Subprocessor' | 'Document', entry: NamedChange): string {
  return `${what} ${namedChangeInWords(entry)}: ${entry.title}${stopAfter(entry.title)}`;
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
