import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paper } from '../grants/desk.ts';
import { stampsOf } from '../grants/stamps.ts';
import { files } from './content.ts';
import { ada, letterTo, type Running, startServer } from './running.ts';

const prose = (title: string, kind: string, access: string, more: string, text: string) =>
  `---\ntitle: ${title}\nkind: ${kind}\nversion: "2.0"\naccess: ${access}\nowner: security-lead\npublishedOn: 2026-11-01\n${more}---\n\n${text}\n`;
const company = {
  'documents/paper.mdx': prose('Security paper', 'whitepaper', 'on-request', 'file: paper.pdf\n', 'A paper.'),
  'documents/runbook.mdx': prose('Runbook', 'runbook', 'nda', 'file: paper.pdf\n', 'A runbook.'),
  'documents/secrecy.mdx': prose('Secrecy', 'terms', 'public', '', '# One\n\nYou keep it **secret**.'),
};

let server: Running;
beforeAll(async () => {
  const intake = files['intake.yaml'] ?? '';
  server = await startServer({
    company: { ...company, 'intake.yaml': `${intake}documents: { nda: secrecy, downloads: 2 }\n` },
  });
  const gated = join(dirname(server.folder), 'gated');
  await mkdir(gated);
  await writeFile(join(gated, 'paper.pdf'), await paper());
});
afterAll(async () => {
  await server.stop();
});

/** Asks for a document, confirms the address, and opens the letter: gives the address, and the path of the page of the grant. */
async function granted(document: string) {
  const tab = server.visitor();
  const asking = { ...ada(), needs: ['document'], document, signatory: '' };
  const { email } = asking;
  const asked = await tab.send('/requests/', asking);
  expect(asked.status).toBe(303);
  const status = asked.headers.get('location') ?? '';
  const letter = await letterTo(server.mailbox, email, /confirm/);
  const code = /(\d{3} \d{3})/.exec(letter.text ?? '')?.[1] ?? '';
  expect((await tab.send(status, { code })).status).toBe(303);
  expect(await (await tab.get(status)).text()).toContain('Your request is answered');
  const { text = '' } = await letterTo(server.mailbox, email, /A document from/);
  return { email, page: new RegExp(`${server.url}(/grants/[\\w-]{43}/)`).exec(text)?.[1] ?? '' };
}

test('from the form to a marked copy: counted, limited, logged; opening its address downloads nothing', async () => {
  const { page, email } = await granted('paper');
  const tab = server.visitor();
  const first = await (await tab.get(page)).text();
  expect(first).toContain('2 of 2 downloads are left');
  const button = new URLSearchParams(hidden(first)).toString();
  for (const method of ['GET', 'HEAD']) {
    const opened = await fetch(`${server.url}${page}download/`, { method, redirect: 'manual' });
    expect([opened.status, opened.headers.get('location')]).toEqual([303, page]);
  }
  expect(await (await tab.get(page)).text()).toContain('2 of 2 downloads are left');
  const got = await download(page);
  expect(got.status).toBe(200);
  expect(Object.fromEntries(got.headers)).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': 'attachment; filename="paper-2.0.pdf"',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
  });
  const bytes = new Uint8Array(await got.arrayBuffer());
  expect(got.headers.get('content-length')).toBe(String(bytes.length));
  const stamps = await stampsOf(bytes);
  expect(stamps).toHaveLength(2);
  for (const { words } of stamps) {
    expect(words).toContain('Quill Ltd.');
    expect(words).toContain(email);
    expect(words.join(' ')).toMatch(/\d{4}-\d\d-\d\d · grant-[0-9a-z]{16}/);
  }
  await (await download(page)).arrayBuffer();
  // The form of before, sent once more.
  const spent = await tab.post(`${page}download/`, button);
  expect([spent.status, spent.headers.get('location')]).toEqual([303, page]);
  const text = await (await tab.get(page)).text();
  expect(text).toContain('All downloads are used');
  for (const entry of ['granted', 'asked for download 2', 'sent download 2']) expect(text).toContain(entry);
  expect(text).not.toContain('download 3');
});

test('under NDA: read, wrong input, agreed, then downloaded; another text in between is not agreed to', async () => {
  const { page, email } = await granted('runbook');
  const tab = server.visitor();
  const shown = await (await tab.get(page)).text();
  expect(shown).toContain('You keep it <strong>secret</strong>.');
  expect(shown).not.toContain('Download as PDF');
  const early = await tab.post(`${page}download/`, new URLSearchParams(hidden(shown)).toString());
  expect([early.status, early.headers.get('location')]).toEqual([303, page]);
  const wrong = await tab.send(page, { name: '  ', text: '0'.repeat(64) });
  expect(wrong.status).toBe(422);
  expect(await wrong.text()).toContain('must be ticked');
  const fields = new URLSearchParams({
    ...Object.fromEntries(hidden(shown)),
    name: 'Bob <b>Example</b>',
    agrees: 'yes',
  });
  const changed = await tab.post(
    page,
    new URLSearchParams(
      [...fields, ['text', '0'.repeat(64)]].filter(([name], index, all) => name !== 'text' || index === all.length - 1),
    ).toString(),
  );
  expect(changed.status).toBe(409);
  expect(await changed.text()).toContain('You have agreed to nothing');
  expect((await tab.post(page, fields.toString())).status).toBe(303);
  const agreed = await (await tab.get(page)).text();
  expect(agreed).toContain('Bob &lt;b&gt;Example&lt;/b&gt; agreed to');
  expect((await letterTo(server.mailbox, email, /keep a document secret/)).text).toContain('You keep it **secret**.');
  expect((await download(page)).status).toBe(200);
});

test('wrong, shortened and foreign addresses are answered alike, and a form without a token is refused', async () => {
  const { page } = await granted('paper');
  const tab = server.visitor();
  await tab.get(page);
  const paths = [`/grants/${'x'.repeat(43)}/`, page.slice(0, -2).concat('/'), '/grants/a/', '/grants/%2e%2e%2fpaper/'];
  const answers = await Promise.all(
    paths.map(async (path) => {
      const answer = await server.visitor().get(path);
      return [answer.status, (await answer.text()).replace(/value="[\w-]{43}"/g, '')];
    }),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]?.[0]).toBe(404);
  const posts = await Promise.all(
    paths.map(
      async (path) =>
        (await tab.post(`${path}download/`, new URLSearchParams(hidden(await (await tab.get(page)).text())).toString()))
          .status,
    ),
  );
  expect(new Set(posts)).toEqual(new Set([404]));
  expect((await tab.post(`${page}download/`, '')).status).toBe(403);
  expect(await (await tab.get(page)).text()).toContain('2 of 2 downloads are left');
});

/** Presses the button, as a browser without cookies of before. */
async function download(page: string): Promise<Response> {
  const tab = server.visitor();
  const text = await (await tab.get(page)).text();
  return tab.post(`${page}download/`, new URLSearchParams(hidden(text)).toString());
}

function hidden(page: string): [string, string][] {
  return [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
}
