import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PDF } from '@libpdf/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { annexesOf } from '../../../intake/document/annexes.ts';
import { printAgreement } from '../../../intake/document/print.ts';
import { visible } from '../../../intake/document/visible.ts';
import { canonicalJson, digestOf } from '../../../posture/digest.ts';
import type { AgreementAcceptance, AgreementOffer, Annexes } from '../../../schemas/index.ts';
import { annexes, demo, template } from './agreement.ts';

const text = template('# Between\n\n{{customer.name}} and {{company.legalName}} agree.\n');
let made: Annexes;
beforeAll(async () => {
  made = await annexes({ companyAddress: 'Bahnhofstrasse 1\n8001 Zürich' });
  // A few are enough here; the whole is printed below.
  made.measures = made.measures.slice(0, 2);
  made.subprocessors = made.subprocessors.slice(0, 2);
});

async function textOf(pdf: Uint8Array): Promise<string> {
  const pages = (await PDF.load(pdf)).extractText();
  return pages.map((page) => page.text).join('\n');
}

/** The text of all pages, without spaces and without the invisible places where long words may break. */
async function wordsOf(pdf: Uint8Array): Promise<string> {
  return (await textOf(pdf)).replace(/[\s\u200b]/g, '');
}

const offer: AgreementOffer = {
  schema: 'candor/dpa-offer@1',
  request: 'dpa-request-1',
  number: 2,
  offeredAt: '2026-11-22T17:00:00.000Z',
  validUntil: '2026-12-22T17:00:00.000Z',
  template: 'a'.repeat(64),
  annexes: 'b'.repeat(64),
  salt: 'c'.repeat(32),
};
const acceptance: AgreementAcceptance = {
  schema: 'candor/dpa-acceptance@1',
  offer: digestOf(offer),
  name: 'Ada Example',
  role: 'Managing director',
  authority: 'I may sign for Quill Ltd.',
  consent: 'I accept.',
  acceptedAt: '2026-11-23T08:00:00.000Z',
  salt: 'd'.repeat(32),
};

describe('the PDF', () => {
  test('is PDF/A-3a, tagged, and has the annexes embedded byte for byte', async () => {
    const pdf = await printAgreement({ template: text, annexes: made });
    const raw = pdf.toString('latin1');
    expect(raw).toContain('<pdfaid:part>3</pdfaid:part>');
    expect(raw).toContain('<pdfaid:conformance>A</pdfaid:conformance>');
    expect(raw).toMatch(/\/Marked true/);
    expect(raw).toMatch(/\/AFRelationship \/Data/);
    const embedded = (await PDF.load(pdf)).getAttachment('annexes.json');
    expect(Buffer.from(embedded ?? []).toString()).toBe(canonicalJson(made));
  });
  test('has the same bytes each time, whatever the clock, and other bytes for another input', async () => {
    const print = (changes = {}) => printAgreement({ template: text, annexes: { ...made, ...changes } });
    const first = await print();
    expect((await print()).equals(first)).toBe(true);
    expect((await print({ at: '2026-11-22T17:00:01.000Z' })).equals(first)).toBe(false);
    expect((await printAgreement({ template: text, annexes: made, offer, acceptance })).equals(first)).toBe(false);
  });
  test('of the demo shows every measure and every subprocessor, and who accepted', async () => {
    const input = await demo();
    const whole = annexesOf({ ...input, form: undefined });
    const shown = await wordsOf(await printAgreement({ template: input.template, annexes: whole }));
    for (const { statement } of whole.measures) expect(shown).toContain(statement.replace(/\s/g, '').slice(0, 12));
    for (const { name } of whole.subprocessors) expect(shown).toContain(name.replace(/\s/g, ''));
    const accepted = await wordsOf(await printAgreement({ template: text, annexes: made, offer, acceptance }));
    expect(accepted).toContain('AdaExample');
    expect(accepted).toContain('ImaysignforQuillLtd.Iaccept.');
    expect(accepted).toContain('QuillLtd.andLarkspurDesk,Inc.agree.');
    expect(accepted).toContain('RoleController,orprocessorforsomebodyelse');
    const { transfer } = made.parties;
    const parties = { ...made.parties, transfer: { ...transfer, modules: ['three' as const] } };
    const onward = await wordsOf(await printAgreement({ template: text, annexes: { ...made, parties } }));
    expect(onward).toContain('RoleProcessorforsomebodyelse');
  });
  test('of an offer says until when it can be accepted; what was accepted lies in it as data', async () => {
    const offered = await wordsOf(await printAgreement({ template: text, annexes: made, offer }));
    expect(offered).toContain('Anoffer,notacceptedyet');
    expect(offered).toContain('before2026-12-2217:00UTC');
    expect(offered).toContain(digestOf(offer));
    const pdf = await PDF.load(await printAgreement({ template: text, annexes: made, offer, acceptance }));
    const files = { 'offer.json': offer, 'acceptance.json': acceptance, 'annexes.json': made };
    for (const [name, value] of Object.entries(files))
      expect(Buffer.from(pdf.getAttachment(name) ?? []).toString()).toBe(canonicalJson(value));
  });
  test('with no data, measures or subprocessors says so below each heading', async () => {
    const parties = { ...made.parties, transfer: { ...made.parties.transfer, data: [] } };
    const none = { ...made, parties, measures: [], subprocessors: [] };
    const shown = await wordsOf(await printAgreement({ template: text, annexes: none }));
    expect(shown).toContain('PersonaldataNoneisdeclared.');
    expect(shown).toContain('recordthatshowsit.Noneispromised.');
    expect(shown).toContain('notinuseyet.Noneisdeclared.');
  });
  test('keeps an address whole where it fits its line, so that it can be copied', async () => {
    const contact = `${'data.protection'.repeat(2)}@larkspur.example`;
    const { processor } = made.parties;
    const parties = { ...made.parties, processor: { ...processor, contact } };
    expect(await textOf(await printAgreement({ template: text, annexes: { ...made, parties } }))).toContain(contact);
  });
  test('leaves the environment as it was', async () => {
    const before = { ...process.env };
    await printAgreement({ template: text, annexes: made });
    expect(process.env).toEqual(before);
  });
});

describe('hostile text stays text', () => {
  test.each([
    ['#import "@preview/cetz:0.2.0": *'],
    ['#read("/etc/passwd") *bold* _em_ $x^2$ <label> @ref'],
    ['#pagebreak() #panic("x") \\u{41} \\ // /* */ `raw`'],
    ['"] ) } #let x = { ( ['],
    ['{{company.legalName}} {{customer.name}}'],
    ['<script>alert(1)</script> &amp; %s %n'],
    ['x'.repeat(160)],
    ['Ünïcødé Ωμέγα Кириллица'],
  ])('%s', async (company) => {
    made.parties.customer = { ...(made.parties.customer ?? (await customer())), name: company };
    const shown = await wordsOf(await printAgreement({ template: text, annexes: made }));
    expect(shown).toContain(company.replace(/\s/g, ''));
  });
  test('right to left is shown, each letter of it', async () => {
    made.parties.customer = { ...(made.parties.customer ?? (await customer())), name: 'שלום مرحبا' };
    const shown = await wordsOf(await printAgreement({ template: text, annexes: made }));
    for (const letter of 'שלום') expect(shown).toContain(letter);
  });
  test('what cannot be seen shows as its code point', async () => {
    made.parties.customer = { ...(made.parties.customer ?? (await customer())), name: 'a\u202eb\u0007c\u2066d' };
    const shown = await wordsOf(await printAgreement({ template: text, annexes: made }));
    expect(shown).toContain('a‹U+202E›b‹U+0007›c‹U+2066›d');
    made.parties.customer = { ...(await customer()), name: 'a\ue000b\u{10ffff}c\ufdd0d' };
    const named = await wordsOf(await printAgreement({ template: text, annexes: made }));
    expect(named).toContain('a‹U+E000›b‹U+10FFFF›c‹U+FDD0›d');
    expect(visible({ a: ['x\ny\u0000'] })).toEqual({ a: ['x\ny‹U+0000›'] });
  });
  test('a script that no font has is refused, and the field is named without what it holds', async () => {
    made.parties.customer = { ...(made.parties.customer ?? (await customer())), name: '株式会社' };
    await expect(printAgreement({ template: text, annexes: made })).rejects.toMatchObject({
      name: 'AgreementUnprintable',
      message: 'no font has all the characters of `document.values.customer.name`, `annexes.parties.customer.name`.',
    });
    // The compiler quotes what it cannot print itself, such as a character that is none yet, by its code point.
    made.parties.customer = await customer();
    const unknown = { ...acceptance, name: 'A\u0378' };
    await expect(printAgreement({ template: text, annexes: made, offer, acceptance: unknown })).rejects.toMatchObject({
      message: 'no font has all the characters of `document.acceptance.name`.',
    });
  });
});

test('without its compiler the PDF is refused in words', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'candor-typesetter-'));
  try {
    const hook = join(folder, 'hook.mjs');
    const load =
      'export async function resolve(s, c, n) { if (s.startsWith("@myriaddreamin/")) { const e = new Error("x"); e.code = "ERR_MODULE_NOT_FOUND"; throw e; } return n(s, c); }';
    await writeFile(join(folder, 'resolve.mjs'), load);
    await writeFile(hook, `import { register } from 'node:module'; register('./resolve.mjs', import.meta.url);`);
    const print = join(import.meta.dirname, '..', '..', '..', 'intake', 'document', 'print.ts');
    await writeFile(join(folder, 'annexes.json'), JSON.stringify(made));
    await writeFile(
      join(folder, 'run.mjs'),
      `import { readFileSync } from 'node:fs'; import { printAgreement } from ${JSON.stringify(print)};
      const annexes = JSON.parse(readFileSync(${JSON.stringify(join(folder, 'annexes.json'))}, 'utf8'));
      const template = { data: { title: 'x', version: '1' }, blocks: [] };
      await printAgreement({ template, annexes }).catch((error) => console.log(error.name, error.message));`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', hook, join(folder, 'run.mjs')]);
    expect(stdout.trim()).toBe(
      `TypesetterMissing the agreement cannot be made into a PDF on ${process.platform}-${process.arch}: ERR_MODULE_NOT_FOUND.`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function customer(): Promise<NonNullable<Annexes['parties']['customer']>> {
  const { customer: found } = (await annexes()).parties;
  if (found === null) throw new Error('there is no customer');
  return found;
}
