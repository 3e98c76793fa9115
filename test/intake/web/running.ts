import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { startForms } from '../../../cli/forms/server.ts';
import { serveSite } from '../../../cli/site.ts';
import { makeSealKey } from '../../../intake/document/seal-key.ts';
import { loadContent } from '../../../loader/load.ts';
import { type Mailbox, openMailbox } from '../mail/servers.ts';
import { buildForms, copyStore } from './built.ts';
import { writeCompany } from './content.ts';

/** A running server of one company, with a real mail server behind it. */
export type Running = {
  url: string;
  mailbox: Mailbox;
  /** What the server said went wrong. */
  said: string[];
  /** The content folder, for a test that changes what the company says. */
  folder: string;
  visitor: () => Visitor;
  stop: () => Promise<void>;
};

/** What a server is started with besides the company of content.ts. `now` is its clock. */
export type Setting = {
  /** DATABASE_URL; a folder of its own when left out. */
  database?: string | undefined;
  company?: Record<string, string | undefined>;
  now?: () => Date;
  url?: string;
  smtp?: string;
};

/** Starts a server on a free port. */
export async function startServer({ database, company, now, url, smtp }: Setting = {}): Promise<Running> {
  const place = await mkdtemp(join(tmpdir(), 'candor-forms-'));
  const folder = join(place, 'content');
  await writeCompany(folder, company);
  await mkdir(join(place, 'dist'));
  await writeFile(join(place, 'dist', 'index.html'), 'The static site.');
  await writeFile(join(place, 'dist', 'llms.txt'), '# Fern’s');
  if (database === undefined) await copyStore(join(place, 'intake-data'));
  const built = await buildForms();
  const mailbox = await openMailbox();
  const { content } = await loadContent(folder);
  if (content?.intake === undefined) throw new Error('The company of this test is not valid.');
  const said: string[] = [];
  const environment = {
    DATABASE_URL: database ?? '',
    CANDOR_SMTP: smtp ?? mailbox.url,
    CANDOR_SEAL: await makeSealKey('Fern GmbH', new Date('2026-01-01'), new Date('2099-01-01')),
  };
  const stopping = new AbortController();
  const terminal = {
    out: () => undefined,
    err: (text: string) => said.push(text),
    interactive: false,
    environment,
    cwd: place,
    now: now ?? (() => new Date()),
    signal: stopping.signal,
  };
  // The port is not known before: the address of the forms is told apart from it where a test wants it so.
  const forms: { answer?: Parameters<typeof serveSite>[3] } = {};
  const { server } = await serveSite(join(place, 'dist'), 0, '127.0.0.1', {
    client: built.client,
    answer: (...all) => forms.answer?.answer(...all),
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const here = `http://127.0.0.1:${address.port}`;
  const own = url ?? here;
  const running = await startForms(built, { folder, content, policy: content.intake, url: own }, terminal);
  forms.answer = running;
  await answers(`${here}/requests/`);
  return {
    url: here,
    mailbox,
    said,
    folder,
    visitor: () => newVisitor(here, new URL(own).origin),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await running.stop();
      await mailbox.close();
      await rm(place, { recursive: true, force: true });
    },
  };
}

/** Waits until the database is open: a test that wants it shut does not start so. */
async function answers(url: string): Promise<void> {
  for (;;) {
    const { status } = await fetch(url);
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A browser without JavaScript: it keeps cookies, and fills in the forms that it was shown. */
export type Visitor = {
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** Opens `path`, fills in the form on it that has these fields, and sends it. */
  send: (
    path: string,
    fields: Record<string, string | string[]>,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  /** Opens `path`, fills in the form with files on it, and sends it. What is an array of bytes is a file. */
  upload: (
    path: string,
    fields: Record<string, string | Uint8Array<ArrayBuffer>>,
    headers?: Record<string, string>,
  ) => Promise<Response>;
  /** Sends a form with files without having opened anything. */
  submit: (path: string, body: FormData, headers?: Record<string, string>) => Promise<Response>;
  /** Sends without having opened anything. */
  post: (path: string, body: string, headers?: Record<string, string>) => Promise<Response>;
  cookies: Map<string, string>;
};

/** A visitor of the server at `url` who says that the forms came from `origin`. */
export function newVisitor(url: string, origin: string): Visitor {
  const cookies = new Map<string, string>();
  const call = async (path: string, init: RequestInit) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), ...Object.fromEntries(new Headers(init.headers)) };
    const response = await fetch(new URL(path, url), { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const get: Visitor['get'] = (path, headers = {}) => call(path, { headers });
  const post: Visitor['post'] = (path, body, headers = {}) =>
    call(path, { method: 'POST', body, headers: { ...type, origin, ...headers } });
  const send: Visitor['send'] = async (path, fields, headers) => {
    const page = await (await get(path)).text();
    const form = formsOf(page).find(({ names }) => Object.keys(fields).every((name) => names.has(name)));
    if (form === undefined) throw new Error(`There is no form with ${Object.keys(fields)} at ${path}:\n${page}`);
    const body = new URLSearchParams(form.hidden);
    for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) body.append(name, each);
    return post(form.action ?? path, body.toString(), headers);
  };
  const submit: Visitor['submit'] = (path, body, headers = {}) =>
    call(path, { method: 'POST', body, headers: { origin, ...headers } });
  const upload: Visitor['upload'] = async (path, fields, headers) => {
    const page = await (await get(path)).text();
    const form = formsOf(page).find(({ isMultipart }) => isMultipart);
    if (form === undefined) throw new Error(`There is no form with files at ${path}:\n${page}`);
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...Object.fromEntries(form.hidden), ...fields }))
      if (typeof value === 'string') body.append(name, value);
      else body.append(name, new Blob([value]), `${name}.bin`);
    return submit(form.action ?? path, body, headers);
  };
  return { get, post, send, submit, upload, cookies };
}

/** The forms of a page that are sent by POST: where to, what is hidden in them, and all names of their fields. */
function formsOf(page: string) {
  return [...page.matchAll(/<form method="post"([^>]*)>([\s\S]*?)<\/form>/g)].map(
    ([, attributes = '', inside = '']) => ({
      action: /action="([^"]+)"/.exec(attributes)?.[1],
      isMultipart: attributes.includes('multipart/form-data'),
      hidden: [...inside.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']): [string, string] => [name, value],
      ),
      names: new Set([...inside.matchAll(/ name="([^"]+)"/g)].map(([, name = '']) => name)),
    }),
  );
}

/** The token in the first form of a page; empty when there is none. */
export function tokenIn(page: string): string {
  return /name="form-token" value="([\w-]+)"/.exec(page)?.[1] ?? '';
}

/** Waits for the letter to `to` whose subject matches, and reads it. */
export async function letterTo(mailbox: Mailbox, to: string, subject: RegExp) {
  for (;;) {
    for (const arrived of mailbox.arrived.filter((each) => each.to.includes(to)).reverse()) {
      const letter = await simpleParser(Buffer.from(arrived.raw, 'latin1'));
      if (subject.test(letter.subject ?? '')) return letter;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The path of the link to a server in its letter that confirms an address; empty when there is none. */
export async function confirmationTo({ mailbox, url }: Pick<Running, 'mailbox' | 'url'>, to: string): Promise<string> {
  const { text = '' } = await letterTo(mailbox, to, /confirm/);
  return new RegExp(`${url}(/requests/confirm/[\\w-]+/)`).exec(text)?.[1] ?? '';
}

let companies = 0;

/** What Ada of a company of her own fills in: no two tests write to the same mailbox. */
export function ada() {
  companies += 1;
  const domain = `quill-${companies}.swiss`;
  return {
    needs: ['dpa'],
    company: 'Quill Ltd.',
    website: `https://${domain}`,
    jurisdiction: 'CH',
    signatory: 'Ada Example',
    signatoryRole: 'Managing director',
    email: `ada@${domain}`,
  };
}
