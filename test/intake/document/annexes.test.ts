import { beforeAll, describe, expect, test } from 'vitest';
import { type AnnexInput, annexesOf, evidenceDigestOf, hindrancesOf } from '../../../intake/document/annexes.ts';
import { annexChanges } from '../../../intake/document/changes.ts';
import { Annexes } from '../../../schemas/index.ts';
import { form } from '../requests/forms.ts';
import { annexes, at, demo } from './agreement.ts';

let input: AnnexInput;
let made: Annexes;
beforeAll(async () => {
  input = await demo();
  made = annexesOf({ ...input, form: form() });
});

describe('the annexes', () => {
  test('hold what the template names, each measure with its check, its last pass and the digest of its record', () => {
    expect(Annexes.parse(made)).toEqual(made);
    expect(made.measures).toHaveLength(22);
    const rows = made.measures.find(({ claim }) => claim === 'rows-are-scoped');
    expect(rows).toMatchObject({ state: 'verified', fresh: true });
    expect(rows?.checks.length).toBeGreaterThan(0);
    const record = input.trust.evidence.find(({ path }) => path === '/evidence/app-db/postgres-row-security');
    expect(rows?.checks.map(({ evidence }) => evidence)).toEqual(rows?.checks.map(() => record?.id));
    expect(rows?.checks.every(({ passedAt }) => passedAt !== null)).toBe(true);
  });
  test('hold the whole chain, the announced too, and say null for what nobody recorded', () => {
    expect(made.subprocessors.map(({ id }) => id)).toEqual(input.content.subprocessors.map(({ id }) => id).sort());
    expect(made.subprocessors.find(({ id }) => id === 'quillmind')).toMatchObject({
      address: null,
      country: 'US',
      transfer: 'scc',
      subprocessorsUrl: 'https://quillmind.example/subprocessors',
    });
    expect(made.subprocessors.find(({ id }) => id === 'oakvault')?.since).toBe('2026-12-21');
  });
  test('take modules and addenda from the request, and from its country', async () => {
    const transfer = async (changes: Parameters<typeof annexes>[0]) => (await annexes(changes)).parties.transfer;
    expect(await transfer({ needs: ['dpa', 'scc-module-three'], jurisdiction: 'GB' })).toMatchObject({
      modules: ['three'],
      ukAddendum: true,
      swissAddendum: false,
    });
    expect(await transfer({ needs: ['dpa'], jurisdiction: 'CH' })).toMatchObject({
      modules: ['two', 'three'],
      swissAddendum: true,
    });
  });
  test('name the contact of the company, whichever it has', () => {
    const { content } = input;
    const contactWith = (contacts: typeof content.organization.contacts) =>
      annexesOf({ ...input, content: { ...content, organization: { ...content.organization, contacts } } }).parties
        .processor.contact;
    const [security, general, privacy] = ['security@quill.swiss', 'hello@quill.swiss', 'privacy@quill.swiss'] as const;
    expect([{ security }, { security, general }, { security, general, privacy }].map(contactWith)).toEqual([
      security,
      general,
      privacy,
    ]);
  });
  test('of the standard agreement name no customer and hold everything', () => {
    const { customer, transfer } = annexesOf(input).parties;
    expect(customer).toBeNull();
    expect(transfer).toMatchObject({ modules: ['two', 'three'], ukAddendum: true, swissAddendum: true });
    // What is on an invoice is the company's own: it is no processor of that.
    expect(input.content.dataItems.map(({ id }) => id)).toContain('billing-details');
    expect(transfer.data.map(({ id }) => id)).not.toContain('billing-details');
    expect(transfer.data.map(({ id }) => id)).toContain('tickets');
  });
});

describe('an automatic offer', () => {
  test('nothing hinders it while every measure is verified or attested, and fresh', () => {
    expect(hindrancesOf(made)).toEqual([]);
  });
  test('is hindered by a claim that fails, and names it', () => {
    const claims = input.trust.claims.map((claim) =>
      claim.id === 'rows-are-scoped' ? { ...claim, state: 'failing' as const, reason: 'Two tables are open.' } : claim,
    );
    const broken = annexesOf({ ...input, trust: { ...input.trust, claims } });
    expect(hindrancesOf(broken)).toEqual([
      { claim: 'rows-are-scoped', state: 'failing', reason: 'Two tables are open.' },
    ]);
  });
  test('is hindered by evidence that grew old since the states were derived', () => {
    const late = annexesOf({ ...input, at: '2027-01-20T00:00:00.000Z' });
    const named = hindrancesOf(late).map(({ claim }) => claim);
    expect(named).toContain('rows-are-scoped');
    expect(named).not.toContain('customers-are-told');
  });
  test('is hindered by a measure that is no claim, and by having no measure', () => {
    const data = { ...input.template.data, agreement: { annexes: made.numbering, measures: ['no-such-claim'] } };
    const wrong = annexesOf({ ...input, template: { ...input.template, data } });
    expect(hindrancesOf(wrong)).toMatchObject([{ claim: 'no-such-claim', state: 'unbacked' }]);
    expect(hindrancesOf({ measures: [] })).toHaveLength(1);
  });
});

describe('the digest of the evidence', () => {
  test('does not change with who asks or when, and does with every word of Annex II and III', () => {
    const digest = evidenceDigestOf(made);
    expect(evidenceDigestOf(annexesOf({ ...input, form: form({ company: 'Other Ltd.' }) }))).toBe(digest);
    expect(evidenceDigestOf(annexesOf({ ...input, at: '2026-11-22T17:00:01.000Z' }))).toBe(digest);
    for (const part of ['measures', 'subprocessors'] as const)
      for (const [index, thing] of made[part].entries())
        for (const key of Object.keys(thing)) {
          const changed = structuredClone(made);
          Object.assign(changed[part][index] ?? {}, { [key]: 'another' });
          expect(evidenceDigestOf(changed), `${part} ${index} ${key}`).not.toBe(digest);
        }
  });
});

describe('what changed since', () => {
  test('nothing, between an agreement and itself', () => {
    expect(annexChanges(made, structuredClone(made))).toEqual([]);
  });
  test('a newer look at the same promise is told apart from another promise', () => {
    const later = structuredClone(made);
    for (const measure of later.measures)
      for (const check of measure.checks) if (measure.claim === 'rows-are-scoped') check.passedAt = at;
    expect(annexChanges(made, later)).toEqual([
      expect.objectContaining({ id: 'rows-are-scoped', change: 'seen-again', fields: ['checks'] }),
    ]);
    for (const measure of later.measures) if (measure.claim === 'rows-are-scoped') measure.state = 'failing';
    expect(annexChanges(made, later)).toEqual([
      expect.objectContaining({ id: 'rows-are-scoped', change: 'changed', fields: ['checks', 'state'] }),
    ]);
  });
  test('a subprocessor that came, one that went, one that moved, and another text', () => {
    const later = structuredClone(made);
    const [first, second, ...rest] = later.subprocessors;
    if (first === undefined || second === undefined) throw new Error('the chain is too short');
    later.subprocessors = [{ ...first, id: 'newcomer', name: 'Newcomer' }, { ...second, country: 'US' }, ...rest];
    later.template.version = '9.9';
    expect(annexChanges(made, later).map(({ annex, id, change, fields }) => [annex, id, change, fields])).toEqual([
      ['template', null, 'changed', ['version']],
      ['subprocessors', first.id, 'removed', []],
      ['subprocessors', second.id, 'changed', ['country']],
      ['subprocessors', 'newcomer', 'added', []],
    ]);
  });
});
