import { cp, mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDF } from '@libpdf/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkGated } from '../../../intake/grants/check.ts';
import { gatedFolder, openGated } from '../../../intake/grants/gated.ts';
import { checkContent } from '../../../loader/check.ts';
import { loadContent } from '../../../loader/load.ts';
import { printError } from '../../../loader/print.ts';
import { candorError } from '../../../schemas/index.ts';
import { writeCompany } from '../web/content.ts';
import { bytesOf, paper } from './desk.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'candor-check-'));
  await mkdir(join(root, 'gated'));
  await writeFile(join(root, 'gated', 'paper.pdf'), await paper());
});
afterEach(() => rm(root, { recursive: true, force: true }));

const fields = (access: string, more = 'file: paper.pdf', kind = 'whitepaper') =>
  `---\ntitle: Paper\nkind: ${kind}\nversion: "1.0"\naccess: ${access}\nowner: security-lead\npublishedOn: 2026-11-01\n${more}\n---\n\nText.\n`;
const intake = (documents: string) => `url: https://trust.fern.swiss
sender: trust@fern.swiss
template: agreement
documents: ${documents}
clocks:
  - { id: request-answered, title: A request is answered, starts: receipt, within: 48h, counts: calendar }
`;

/** What `candor check` says of the company with these files. */
async function said(changes: Record<string, string>): Promise<string> {
  const content = join(root, 'content');
  await writeCompany(content, changes);
  const loaded = await loadContent(content);
  const wrong = await checkContent(content, loaded, { collectors: new Map(), now: new Date('2026-11-03T09:00:00Z') });
  if (loaded.content === undefined) throw new Error(wrong.map(({ message }) => message).join('\n'));
  const { locate, content: read } = loaded;
  const gated = await checkGated({ content, gated: gatedFolder(content, {}), read, locate });
  return [...wrong, ...gated].map((error) => printError(error, { cwd: root })).join('\n\n');
}

const onRequest = { 'documents/paper.mdx': fields('on-request') };

test('nothing, where the file lies beside the content and can be written on', async () => {
  expect(await said(onRequest)).toBe('');
  // An ordinary public folder is no reason.
  await mkdir(join(root, 'public'));
  await writeFile(join(root, 'public', 'other.pdf'), await paper('What all may read'));
  expect(await said(onRequest)).toBe('');
});

test('GatedFileMissing', async () => {
  await rm(join(root, 'gated', 'paper.pdf'));
  expect(await said(onRequest)).toMatchInlineSnapshot(`
    "error GatedFileMissing: there is no file \`paper.pdf\` in the folder \`gated\`.
      content/documents/paper.mdx:8:7
      8 │ file: paper.pdf
        │       ^^^^^^^^^
      hint: put it there, a file name without folders, or point CANDOR_GATED at the folder; \`candor start\` makes those of the demo."
  `);
  await writeFile(join(root, 'secret.pdf'), await paper());
  for (const name of ['../secret.pdf', '/etc/passwd', '.', 'paper'])
    expect(await said({ 'documents/paper.mdx': fields('on-request', `file: ${name}`) })).toContain('GatedFileMissing');
});

test('GatedFileExposed: beside the content, linked from there, or published under another name', async () => {
  const content = join(root, 'content', 'documents');
  await mkdir(content, { recursive: true });
  await cp(join(root, 'gated', 'paper.pdf'), join(content, 'paper.pdf'));
  expect(await said(onRequest)).toContain(
    'error GatedFileExposed: `paper.pdf` is not for everybody, and lies in content/',
  );
  await rm(join(root, 'gated', 'paper.pdf'));
  await symlink(join(content, 'paper.pdf'), join(root, 'gated', 'paper.pdf'));
  expect(await said(onRequest)).toContain('and lies in content/.');
  await rm(join(root, 'gated', 'paper.pdf'));
  await rm(join(content, 'paper.pdf'));
  await writeFile(join(root, 'gated', 'paper.pdf'), await paper());
  for (const place of ['public', 'dist']) {
    await mkdir(join(root, place, 'files'), { recursive: true });
    await cp(join(root, 'gated', 'paper.pdf'), join(root, place, 'files', 'x.bin'));
    expect(await said(onRequest)).toContain(`and lies in ${place}/.`);
    await rm(join(root, place), { recursive: true });
  }
  await mkdir(join(root, 'public'));
  await symlink(join(root, 'gated'), join(root, 'public', 'files'));
  expect(await said(onRequest)).toContain('and lies in public/.');
  expect(await said(onRequest)).toMatchInlineSnapshot(`
    "error GatedFileExposed: \`paper.pdf\` is not for everybody, and lies in public/.
      content/documents/paper.mdx:8:7
      8 │ file: paper.pdf
        │       ^^^^^^^^^
      hint: move it to the folder \`gated\` beside the content, or to the one that CANDOR_GATED names; if it was published, count it as public."
  `);
});

test('GatedFileUnreadable, GatedFileTooLarge', async () => {
  await writeFile(join(root, 'gated', 'paper.pdf'), 'Dear all');
  expect(await said(onRequest)).toMatchInlineSnapshot(`
    "error GatedFileUnreadable: \`paper.pdf\` cannot be given to anybody: it cannot be read as a PDF.
      content/documents/paper.mdx:8:7
      8 │ file: paper.pdf
        │       ^^^^^^^^^
      hint: save it again as a PDF without a password, and look at it."
  `);
  const locked = await PDF.load(await paper());
  locked.setProtection({ userPassword: 'secret' });
  await writeFile(join(root, 'gated', 'paper.pdf'), await locked.save());
  expect(await said(onRequest)).toContain('cannot be given to anybody: it is encrypted.');
  await truncate(join(root, 'gated', 'paper.pdf'), 64 * 1024 ** 2 + 1);
  expect(await said(onRequest)).toMatchInlineSnapshot(`
    "error GatedFileTooLarge: \`paper.pdf\` has 65 MiB; 64 is the most.
      content/documents/paper.mdx:8:7
      8 │ file: paper.pdf
        │       ^^^^^^^^^
      hint: reduce its pictures, or split it into several documents."
  `);
});

test('NdaMissing, NdaUnfit', async () => {
  const nda = { 'documents/paper.mdx': fields('nda') };
  const unfit = async (text: string) =>
    said({ ...nda, 'intake.yaml': intake('{ nda: secrecy }'), 'documents/secrecy.mdx': text });
  expect(await said(nda)).toMatchInlineSnapshot(`
    "error NdaMissing: \`paper\` is given under an agreement on secrecy, and content/intake.yaml names none.
      content/documents/paper.mdx:5:9
      5 │ access: nda
        │         ^^^
      hint: add \`documents: { nda: <id> }\` there, the id of a document of kind terms."
  `);
  expect(await unfit(fields('public', '', 'terms'))).toBe('');
  expect(await unfit(fields('public', '', 'policy'))).toMatchInlineSnapshot(`
    "error NdaUnfit: \`secrecy\` cannot be agreed to: its kind is policy.
      content/documents/secrecy.mdx:3:7
      3 │ kind: policy
        │       ^^^^^^
      hint: name a public document of kind terms whose text stands in its own file, without variables."
  `);
  expect(await unfit(fields('on-request', '', 'terms'))).toContain('nobody may read it before.');
  expect(await unfit(`${fields('public', '', 'terms')}{{company.name}}\n`)).toContain('it has variables');
  expect(await unfit(`${fields('public', '', 'terms')}By [Company].\n`)).toContain('error TemplatePlaceholder');
  expect(await unfit(fields('public', '', 'terms').replace('Text.', ''))).toContain('it has no text');
  expect(await unfit(`${fields('public', '', 'terms')}${'long '.repeat(12_001)}`)).toContain('longer than 60,000');
});

test('GrantRefused', () => {
  const { what, hint } = candorError('GrantRefused', { problem: 'privacy-policy is public' });
  expect({ what, hint }).toMatchInlineSnapshot(`
    {
      "hint": "look at the request and at the document; \`access\` and \`file\` say who may have it.",
      "what": "this is not granted: privacy-policy is public.",
    }
  `);
});

test('where the folder is, and that copies leave nothing behind on disk', async () => {
  expect(gatedFolder('/srv/candor/content', {})).toBe('/srv/candor/gated');
  expect(gatedFolder('/srv/candor/content', { CANDOR_GATED: '/var/gated' })).toBe('/var/gated');
  const before = process.env.TMPDIR;
  const own = await mkdtemp(join(root, 'tmp-'));
  process.env.TMPDIR = own;
  try {
    const { copyFor } = openGated(join(root, 'gated'));
    const mark = { company: 'Quill', email: 'ada@quill.swiss', grant: 'grant-1', at: new Date(0) };
    const copies = await Promise.all(Array.from({ length: 5 }, () => copyFor('paper.pdf', mark)));
    expect(await readdir(own)).toEqual([]);
    const [first, ...rest] = copies;
    for (const { stream } of rest) await stream.cancel();
    const bytes = first === undefined ? Buffer.of() : await bytesOf(first.stream);
    expect((await PDF.load(bytes)).getPages()).toHaveLength(2);
    await writeFile(join(root, 'gated', 'bad.pdf'), 'x');
    await expect(copyFor('bad.pdf', mark)).rejects.toMatchObject({ name: 'GatedFileUnreadable' });
    expect(await readdir(own)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test('not too many wait for a copy: who comes then is told so at once, and later it goes on', async () => {
  const { copyFor } = openGated(join(root, 'gated'));
  const mark = { company: 'Quill', email: 'ada@quill.swiss', grant: 'grant-1', at: new Date('2026-11-03T09:00:00Z') };
  const named = async (error: unknown) => (error instanceof Error ? error.name : 'none');
  const together = await Promise.all(Array.from({ length: 23 }, () => copyFor('lost.pdf', mark).catch(named)));
  expect(together).toEqual([...Array(22).fill('GatedFileMissing'), 'Refusal']);
  expect(await copyFor('lost.pdf', mark).catch(named)).toBe('GatedFileMissing');
});
