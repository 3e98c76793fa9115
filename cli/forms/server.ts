import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { agreementFiles } from '../../intake/agreements/attachment.ts';
import type { Desk } from '../../intake/desk.ts';
import { sealKey } from '../../intake/document/seal-key.ts';
import { gatedFolder } from '../../intake/grants/gated.ts';
import { runJobs } from '../../intake/jobs.ts';
import { folderLane } from '../../intake/mail/folder.ts';
import type { Attached } from '../../intake/mail/letter.ts';
import { serverOf, smtpLane } from '../../intake/mail/smtp.ts';
import type { Lane } from '../../intake/outbox/drain.ts';
import { runOutbox } from '../../intake/outbox/worker.ts';
import { openStore, type Store } from '../../intake/store/open.ts';
import { serverHeaders } from '../../intake/web/headers.ts';
import { visitorOf } from '../../intake/web/limits.ts';
import { webhookLane } from '../../intake/webhooks/deliver.ts';
import { endpointsOf } from '../../intake/webhooks/endpoint.ts';
import { type Content, candorError, type IntakePolicy } from '../../schemas/index.ts';
import type { Terminal } from '../command.ts';
import { storePlace } from '../place.ts';
import type { Forms } from './build.ts';
import { makeDesk } from './desk.ts';

/** How long after the database did not open it is tried again, in ms. */
const RETRY_MS = 5_000;

/** The forms beside a static site: what answers them, where their styles lie, and what ends it all. */
export type RunningForms = {
  answer: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  client: string;
  /** Ends when what was taken up is finished and the database is closed. */
  stop: () => Promise<void>;
};

/**
 * Whose forms they are: the content folder and what was read of it. `url`: where visitors reach them. `isDemo`: whether they
 * are those of the demonstration, which offers agreements that say so.
 */
export type FormsPlace = { folder: string; content: Content; policy: IntakePolicy; url: string; isDemo?: boolean };

/**
 * Begins to answer the forms at `url`. The database may be away, now or later: the forms then say so, and
 * the site does not depend on it. Throws MailUnset, SmtpRefused, EndpointRefused, SealInvalid.
 */
export async function startForms(
  forms: Forms,
  { folder, content, policy, url, isDemo: demo = false }: FormsPlace,
  terminal: Terminal,
): Promise<RunningForms> {
  const { now, err } = terminal;
  const onTrouble = (what: string) => err(`intake: ${what}\n`);
  const stopping = new AbortController();
  const { signal } = stopping;
  const lanes = lanesOf(policy, url, terminal);
  const letters = terminal.environment.CANDOR_SMTP ? undefined : mailFolder(terminal.cwd);
  const seal = await sealKey(terminal.environment, folder);
  let desk: Desk | undefined;
  const gated = gatedFolder(folder, terminal.environment);
  const work = async (store: Store) => {
    const made = makeDesk({ folder, content, policy, store, url, seal, gated, demo }, now);
    desk = made;
    const onFailure = (code: string) => onTrouble(`the outbox: ${code}`);
    await Promise.all([
      runOutbox(store.db, lanes(store), { now, signal, onFailure }),
      runJobs(made, signal, (job, code) => onTrouble(`the job ${job}: ${code}`)),
    ]);
    await store.close();
  };
  const working = openedAtLast(folder, terminal, signal, onTrouble).then((store) =>
    store === undefined ? undefined : work(store),
  );
  const { organization } = content;
  const house = {
    name: organization.name,
    legalName: organization.legalName,
    contact: organization.contacts.privacy ?? organization.contacts.security,
    reports: content.disclosure?.contacts[0] ?? organization.contacts.security,
    demo: content.sources.some(({ data }) => data.environment === 'demo'),
  };
  return {
    client: forms.client,
    answer: (request, response, next) => {
      if (!isPlain(request)) {
        response.writeHead(400, { ...serverHeaders, Connection: 'close' }).end();
        return;
      }
      const forwarded = request.headers['x-forwarded-for'];
      const chain = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
      const visitor = visitorOf(request.socket.remoteAddress, chain, policy.proxies);
      void forms.handler(request, response, next, {
        desk,
        house,
        letters,
        visitor,
        onTrouble: (code: string) => onTrouble(`a form: ${code}`),
      });
    },
    stop: async () => {
      stopping.abort();
      await working;
    },
  };
}

/**
 * Whether a request is one that a page can be asked for: the handler throws at a host that is none and at methods that no
 * browser sends, and would tell its address, which may be a secret, to whoever reads what the server says.
 */
function isPlain({ method = '', headers: { host = '' } }: IncomingMessage): boolean {
  return !/^(?:TRACE|TRACK|CONNECT)$/i.test(method) && /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(host);
}

/** Opens the database, tries again while it is away, and says so once. Undefined when it was told to stop before. */
async function openedAtLast(
  folder: string,
  { environment }: Pick<Terminal, 'environment'>,
  signal: AbortSignal,
  onTrouble: (what: string) => void,
): Promise<Store | undefined> {
  let told = '';
  while (!signal.aborted) {
    try {
      return await openStore(storePlace(environment, folder));
    } catch (error) {
      const what = error instanceof Error ? error.message : 'the database could not be opened.';
      if (what !== told) onTrouble(what);
      told = what;
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/**
 * Where messages go: over CANDOR_SMTP, or into a folder when it is not set; and to the endpoints that CANDOR_WEBHOOKS
 * names, a list in JSON. Throws MailUnset, SmtpRefused, EndpointRefused.
 */
function lanesOf({ sender }: IntakePolicy, url: string, { environment, cwd, now }: Terminal) {
  const from = { sender, host: new URL(url).hostname };
  const { CANDOR_SMTP: smtp, CANDOR_WEBHOOKS: webhooks } = environment;
  if (!smtp && !isLocal(url)) throw candorError('MailUnset', { url });
  if (smtp) serverOf(smtp);
  const mail = (files: Attached): Lane =>
    smtp ? smtpLane(smtp, from, {}, files) : folderLane(mailFolder(cwd), from, files);
  const endpoints = webhooks ? endpointsOf(listOf(webhooks)) : [];
  return ({ db }: Store): Lane[] => [mail(agreementFiles(db)), webhookLane(db, endpoints, now)];
}

/** The folder that letters are written to where there is no mail server. */
function mailFolder(root: string): string {
  return join(root, '.candor', 'mail');
}

/** Whether an address is of this machine alone. */
function isLocal(url: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);
}

function listOf(json: string): unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value)) return value;
  } catch {
    // Its text may hold a secret: only that it is wrong is said.
  }
  throw candorError('EndpointRefused', { endpoint: 'CANDOR_WEBHOOKS', problem: 'must be a list in JSON' });
}
