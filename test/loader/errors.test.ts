import { expect, test } from 'vitest';
import { check, claim, printed } from './tree.ts';

// Every error of content as it is printed. The names are permanent; so is what they mean.

const rows = 'claims/isolation/rows-are-scoped.mdx';
const refs = 'evidence: [app-db/postgres-row-security#no-cross-tenant-read]';

test('a sound folder has no errors', async () => {
  expect((await check()).errors).toEqual([]);
});

function subprocessor(contact: string): string {
  const rest =
    'purpose: Mail\nengagement: required\nexposure: metadata\nregions: [eu]\ntransfer: none\nsince: 2026-01-01\n';
  return `name: Mail\nlegalName: Mail AG\nurl: https://mail.ch\ncontact: ${contact}\ncountry: CH\n${rest}`;
}

function document(...lines: string[]): string {
  const fields = ['title: Report', 'kind: report', "version: '1'", 'access: public', 'owner: security'];
  return ['---', ...fields, 'publishedOn: 2026-01-01', ...lines, '---', ''].join('\n');
}

function exception(name: string): string {
  const rest = 'owner: security\nreason: Known.\nacceptedOn: 2026-11-01\nexpiresOn: 2026-12-01\n';
  return `evidence: app-db/postgres-row-security#${name}\nsubjects: [public.jobs]\n${rest}`;
}

function source(kind: string, collection: string): string {
  return `kind: ${kind}\ntitle: The database\nenvironment: production\ncollect:\n  postgres-row-security: ${collection}\n`;
}

test('ContentMissing', async () => {
  expect(await printed({ 'organization.yaml': undefined })).toMatchInlineSnapshot(`
    "
    error ContentMissing: \`organization.yaml\` is missing in the content folder …/content.
      hint: write it, or point at the right folder with --content DIR or CANDOR_CONTENT; \`candor init DIR\` makes one.
    "
  `);
});

test('ContentSyntax', async () => {
  expect(await printed({ 'roles/security.yaml': 'title: Security: all\n' })).toMatchInlineSnapshot(`
    "
    error ContentSyntax: this is not valid YAML: a value with a colon and a space in it needs quotes.
      content/roles/security.yaml:1:8
      1 │ title: Security: all
        │        ^
      hint: check quotes, indentation and colons on this line.
    "
  `);
});

test('ContentFrontMatter', async () => {
  expect(await printed({ [rows]: 'title: Rows\n' })).toMatchInlineSnapshot(`
    "
    error ContentFrontMatter: the front matter is missing or not closed.
      content/claims/isolation/rows-are-scoped.mdx
      hint: begin the file with a line \`---\`, the fields, and another line \`---\`.
    "
  `);
});

test('ContentUnknownKey', async () => {
  expect(await printed({ 'sections/isolation.yaml': 'titel: Isolation\norder: 1\n' })).toMatchInlineSnapshot(`
    "
    error ContentUnknownKey: \`titel\` is not a field of a section.
      content/sections/isolation.yaml:1:1
      1 │ titel: Isolation
        │ ^^^^^
      hint: did you mean \`title\`?
    "
  `);
});

test('ContentInvalid', async () => {
  expect(await printed({ [rows]: claim(refs).replace('in-place', 'inplace') })).toMatchInlineSnapshot(`
    "
    error ContentInvalid: \`status\` must be in-place, in-progress, planned or not-available.
      content/claims/isolation/rows-are-scoped.mdx:3:9
      3 │ status: inplace
        │         ^^^^^^^
      hint: did you mean \`in-place\`?
    "
  `);
});

test('ContentRequired', async () => {
  expect(await printed({ 'sections/isolation.yaml': 'title: Isolation\n' })).toMatchInlineSnapshot(`
    "
    error ContentRequired: \`order\` is missing; every section needs it.
      content/sections/isolation.yaml
      hint: add a line \`order: …\`.
    "
  `);
});

test('ContentInvalid: a desk that offers agreements has a text to offer; any other needs none', async () => {
  const desk = (more: string) =>
    `url: https://trust.harbour.ch\nsender: trust@harbour.ch\n${more}clocks: [{ id: a, title: A, starts: receipt, within: 48h, counts: calendar }]\n`;
  expect((await check({ 'intake.yaml': desk('needs: [question, deletion]\n') })).errors).toEqual([]);
  expect((await check({ 'intake.yaml': desk('needs: [question, uk-addendum]\n') })).errors).toHaveLength(1);
  expect(await printed({ 'intake.yaml': desk('') })).toMatchInlineSnapshot(`
    "
    error ContentInvalid: \`template\` is needed while an agreement can be asked for; else say in \`needs\` what can be.
      content/intake.yaml
      hint: the reference of content types lists what is allowed.
    "
  `);
});

test('ContentNotText', async () => {
  expect(await printed({ 'sections/isolation.yaml': new Uint8Array([0x74, 0xff, 0xfe]) })).toMatchInlineSnapshot(`
    "
    error ContentNotText: this file is not text in UTF-8.
      content/sections/isolation.yaml
      hint: save it again with the encoding UTF-8, or move it out of the content folder.
    "
  `);
});

test('ContentBadId', async () => {
  expect(
    await printed({ 'roles/Head_of.yaml': 'title: Head\nkind: company\ndescription: Leads.\n' }),
  ).toMatchInlineSnapshot(`
    "
    error ContentBadId: \`Head_of\` cannot be an id.
      content/roles/Head_of.yaml
      hint: rename it to lower-case letters, digits and single hyphens, such as \`rows-are-scoped\`.
    "
  `);
});

test('ContentUnknownFile', async () => {
  expect(
    await printed({ 'rolls/a.yaml': 'a: 1\n', 'roles/b.yml': 'a: 1\n', 'claims/isolation/notes.txt': 'x' }),
  ).toMatchInlineSnapshot(`
    "
    error ContentUnknownFile: nothing reads \`notes.txt\`.
      content/claims/isolation/notes.txt
      hint: move it to the folder of its kind, or delete it.

    error ContentUnknownFile: nothing reads \`b.yml\`.
      content/roles/b.yml
      hint: did you mean \`b.yaml\`?

    error ContentUnknownFile: nothing reads \`rolls/\`.
      content/rolls
      hint: did you mean \`roles\`?
    "
  `);
});

test('ContentDuplicateId', async () => {
  expect(await printed({ 'claims/isolation/rows-are-scoped.md': claim() })).toMatchInlineSnapshot(`
    "
    error ContentDuplicateId: the claim id \`rows-are-scoped\` is already used by claims/isolation/rows-are-scoped.md.
      content/claims/isolation/rows-are-scoped.mdx
      hint: rename one of the two.
    "
  `);
});

test('ContentDuplicateKey', async () => {
  expect(await printed({ 'sections/isolation.yaml': 'title: Isolation\norder: 1\norder: 2\n' })).toMatchInlineSnapshot(`
    "
    error ContentDuplicateKey: \`order\` is given twice.
      content/sections/isolation.yaml:3:1
      3 │ order: 2
        │ ^^^^^
      hint: delete one of the two.
    "
  `);
});

test('ContentPlaceholder', async () => {
  expect(
    await printed({ 'disclosure.yaml': undefined, 'subprocessors/mail.yaml': subprocessor('todo@mail.ch') }),
  ).toMatchInlineSnapshot(`
    "
    error ContentPlaceholder: \`todo@mail.ch\` is a placeholder, not a mailbox that people read.
      content/subprocessors/mail.yaml:4:10
      4 │ contact: todo@mail.ch
        │          ^^^^^^^^^^^^
      hint: write the real address, or leave the field out.
    "
  `);
});

test('ContentFutureDate', async () => {
  expect(await printed({ [rows]: claim(refs, 'reviewedOn: 2026-11-05') })).toMatchInlineSnapshot(`
    "
    error ContentFutureDate: \`reviewedOn\` lies in the future: 2026-11-05.
      content/claims/isolation/rows-are-scoped.mdx:5:13
      5 │ reviewedOn: 2026-11-05
        │             ^^^^^^^^^^
      hint: write the day on which it really happened.
    "
  `);
});

test('ReferenceMissing', async () => {
  expect(await printed({ [rows]: claim(refs, 'documents: [policy]') })).toMatchInlineSnapshot(`
    "
    error ReferenceMissing: there is no document \`policy\`.
      content/claims/isolation/rows-are-scoped.mdx:5:13
      5 │ documents: [policy]
        │             ^^^^^^
      hint: write it, or remove the reference.
    "
  `);
});

test('SectionMissing', async () => {
  expect(await printed({ 'claims/isolatoin/a.mdx': claim() })).toMatchInlineSnapshot(`
    "
    error SectionMissing: this folder of claims has no section \`isolatoin\`.
      content/claims/isolatoin
      hint: write content/sections/isolatoin.yaml with a title and an order.
    "
  `);
});

test('SectionEmpty', async () => {
  expect(await printed({ 'sections/data.yaml': 'title: Data\norder: 2\n' })).toMatchInlineSnapshot(`
    "
    error SectionEmpty: the section \`data\` has no claims.
      content/sections/data.yaml
      hint: write a claim in content/claims/data/, or delete the section.
    "
  `);
});

test('ClaimsMissing', async () => {
  expect(await printed({ [rows]: undefined })).toMatchInlineSnapshot(`
    "
    error ClaimsMissing: there is no claim yet.
      content/claims
      hint: write one in content/claims/<section>/<id>.mdx; the reference of content types has an example.
    "
  `);
});

test('DocumentFileMissing', async () => {
  expect(
    await printed({ 'documents/report.md': document('file: reprot.pdf'), 'documents/report.pdf': 'x' }),
  ).toMatchInlineSnapshot(`
    "
    error DocumentFileMissing: there is no file \`reprot.pdf\` beside this document.
      content/documents/report.md:8:7
      8 │ file: reprot.pdf
        │       ^^^^^^^^^^
      hint: did you mean \`report.pdf\`?

    error ContentUnknownFile: nothing reads \`report.pdf\`.
      content/documents/report.pdf
      hint: move it to the folder of its kind, or delete it.
    "
  `);
});

test('TemplateUnfit', async () => {
  const desk = [
    'url: https://trust.harbour.ch',
    'sender: trust@harbour.ch',
    'clocks: [{ id: a, title: A, starts: receipt, within: 48h, counts: calendar }]',
    'template: report',
    '',
  ].join('\n');
  const text = `${document().trimEnd()}\n\nWhat we agree on.\n`;
  const offering = (report: string) => printed({ 'intake.yaml': desk, 'documents/report.md': report });
  expect(await offering(text)).toMatchInlineSnapshot(`
    "
    error TemplateUnfit: \`report\` cannot be offered as an agreement: its kind is report.
      content/intake.yaml:4:11
      4 │ template: report
        │           ^^^^^^
      hint: name a document of kind \`dpa\` with \`access: public\`.
    "
  `);
  const agreement = text.replace('kind: report', 'kind: dpa');
  expect(await offering(agreement.replace('access: public', 'access: nda'))).toContain('it is not public.');
  expect((await check({ 'intake.yaml': desk, 'documents/report.md': agreement })).errors).toEqual([]);
});

test('TemplateNotMarkdown', async () => {
  const text = document().replace('kind: report', 'kind: dpa').trimEnd();
  expect(
    await printed({ 'documents/agreement.mdx': `${text}\n\nBetween us and {{customer.name}}.\n` }),
  ).toMatchInlineSnapshot(`
    "
    error TemplateNotMarkdown: a text with variables in it cannot be MDX.
      content/documents/agreement.mdx:10:16
      10 │ Between us and {{customer.name}}.
         │                ^^
      hint: rename it: \`documents/agreement.md\`.
    "
  `);
});

test('DocumentEmpty', async () => {
  expect(await printed({ 'documents/report.md': document() })).toMatchInlineSnapshot(`
    "
    error DocumentEmpty: the public document \`report\` has no text, no \`file\` and no \`url\`.
      content/documents/report.md:5:9
      5 │ access: public
        │         ^^^^^^
      hint: write its text below the front matter, or say where it is; or set \`access: on-request\`.
    "
  `);
});

test('ClaimCycle', async () => {
  expect(
    await printed({ 'claims/isolation/a.md': claim('claims: [b]'), 'claims/isolation/b.md': claim('claims: [a]') }),
  ).toMatchInlineSnapshot(`
    "
    error ClaimCycle: this roll-up goes round in a circle: a → b → a.
      content/claims/isolation/b.md:4:10
      4 │ claims: [a]
        │          ^
      hint: remove one of these references.
    "
  `);
});

test('ClaimPlanMissing', async () => {
  expect(await printed({ [rows]: claim(refs).replace('in-place', 'planned') })).toMatchInlineSnapshot(`
    "
    error ClaimPlanMissing: the claim is planned but names no roadmap item.
      content/claims/isolation/rows-are-scoped.mdx:3:9
      3 │ status: planned
        │         ^^^^^^^
      hint: add \`roadmap: <id>\`, or say not-available.
    "
  `);
});

test('EvidenceUnknownSource', async () => {
  expect(await printed({ [rows]: claim(refs.replace('app-db', 'app-bd')) })).toMatchInlineSnapshot(`
    "
    error EvidenceUnknownSource: \`app-bd\` is not a declared source.
      content/claims/isolation/rows-are-scoped.mdx:4:12
      4 │ evidence: [app-bd/postgres-row-security#no-cross-tenant-read]
        │            ^^^^^^
      hint: did you mean \`app-db\`?
    "
  `);
});

test('EvidenceUnknownCollector', async () => {
  expect(await printed({ [rows]: claim(refs.replace('row-security', 'row-securty')) })).toMatchInlineSnapshot(`
    "
    error EvidenceUnknownCollector: \`postgres-row-securty\` is not a collector.
      content/claims/isolation/rows-are-scoped.mdx:4:19
      4 │ evidence: [app-db/postgres-row-securty#no-cross-tenant-read]
        │                   ^^^^^^^^^^^^^^^^^^^^
      hint: did you mean \`postgres-row-security\`?
    "
  `);
});

test('EvidenceNotCollected', async () => {
  expect(await printed({ [rows]: claim('evidence: [app-db/http-headers#hsts-is-set]') })).toMatchInlineSnapshot(`
    "
    error EvidenceNotCollected: the source \`app-db\` does not collect \`http-headers\`.
      content/claims/isolation/rows-are-scoped.mdx:4:19
      4 │ evidence: [app-db/http-headers#hsts-is-set]
        │                   ^^^^^^^^^^^^
      hint: add \`http-headers: {}\` under collect in content/sources/app-db.yaml.
    "
  `);
});

test('EvidenceUnknownCheck', async () => {
  expect(await printed({ [rows]: claim(refs.replace('read]', 'reads]')) })).toMatchInlineSnapshot(`
    "
    error EvidenceUnknownCheck: \`no-cross-tenant-reads\` is not a check of postgres-row-security.
      content/claims/isolation/rows-are-scoped.mdx:4:41
      4 │ evidence: [app-db/postgres-row-security#no-cross-tenant-reads]
        │                                         ^^^^^^^^^^^^^^^^^^^^^
      hint: did you mean \`no-cross-tenant-read\`? \`candor docs postgres-row-security\` lists all 3.
    "
  `);
});

test('ExceptionUncited', async () => {
  expect(await printed({ 'exceptions/one.yaml': exception('no-cross-tenant-write') })).toMatchInlineSnapshot(`
    "
    error ExceptionUncited: no claim cites \`app-db/postgres-row-security#no-cross-tenant-write\`, so this exception covers nothing.
      content/exceptions/one.yaml:1:11
      1 │ evidence: app-db/postgres-row-security#no-cross-tenant-write
        │           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: cite the check under \`evidence\` of the claim that it is about, or delete the exception.
    "
  `);
});

test('SourceKindMismatch', async () => {
  expect(await printed({ 'sources/app-db.yaml': source('http', '{}') })).toMatchInlineSnapshot(`
    "
    error SourceKindMismatch: \`postgres-row-security\` reads a source of kind postgres; this one is http.
      content/sources/app-db.yaml:5:3
      5 │   postgres-row-security: {}
        │   ^^^^^^^^^^^^^^^^^^^^^
      hint: move it to a source of kind postgres.
    "
  `);
});
