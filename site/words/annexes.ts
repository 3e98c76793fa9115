import type { AgreedMeasure, AnnexChange, Annexes, ChainLink, PartiesAnnex } from '../../schemas/index.ts';

type Field = keyof AgreedMeasure | keyof ChainLink | keyof PartiesAnnex | keyof Annexes['template'];

/** What each field of an annex says, in a word or two. */
const fieldWords: Readonly<Record<Field, string>> = {
  claim: 'statement',
  section: 'section',
  statement: 'wording',
  state: 'state',
  fresh: 'age of its evidence',
  reason: 'reason',
  limits: 'what is not shown',
  checks: 'checks',
  statements: 'statements behind it',
  restsOn: 'what it rests on',
  id: 'name',
  name: 'name',
  legalName: 'legal name',
  address: 'address',
  contact: 'contact',
  country: 'country',
  purpose: 'purpose',
  engagement: 'whether it is required',
  regions: 'regions',
  dataItems: 'data',
  transfer: 'transfer',
  subprocessorsUrl: 'its own subprocessors',
  since: 'start',
  until: 'end',
  processor: 'the processor',
  customer: 'the customer',
  document: 'which document it is',
  version: 'version',
  digest: 'words',
};

const kinds: Record<AnnexChange['annex'], string> = {
  template: 'text',
  parties: 'annex',
  measures: 'measure',
  subprocessors: 'subprocessor',
};

/** What became of a part of an agreement: `measure changed (state, checks)`. */
export function annexChangeInWords({ annex, change, fields }: AnnexChange): string {
  const words = new Map<string, string>(Object.entries(fieldWords));
  const said = fields.map((field) => words.get(field) ?? field);
  const what = `${kinds[annex]} ${change === 'seen-again' ? 'seen again' : change}`;
  return change !== 'changed' || said.length === 0 ? what : `${what} (${said.join(', ')})`;
}
