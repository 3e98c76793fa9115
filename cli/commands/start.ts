import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { makeSealKey } from '../../intake/document/seal-key.ts';
import { fingerprintOf } from '../../ledger/keys/chain.ts';
import { makeKeys, parseKeys } from '../../ledger/keys/private.ts';
import { keysFolder, textOf } from '../../ledger/reader.ts';
import { printError } from '../../loader/print.ts';
import { candorError, contentTypes } from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { validContent } from '../content.ts';
import { buildForms } from '../forms/build.ts';
import { startForms } from '../forms/server.ts';
import { packageRoot } from '../place.ts';
import { type PastReview, writePast } from '../review/past.ts';
import { freePort, serveSite, untilAborted } from '../site.ts';
import build from './build.ts';
import collect from './collect.ts';
import release from './release.ts';
import review from './review.ts';
import sample from './sample.ts';

/** What the demo gives: see examples/demo. It is not part of the package, so it is only imported where it exists. */
type DemoModule = {
  startDemo: (options: { signal: AbortSignal; onLost: () => void }) => Promise<{
    environment: Record<string, string>;
    reviews: DemoReviews;
    samples: readonly DemoSample[];
    stop: () => Promise<void>;
  }>;
};
type DemoSample = { name: string; seed?: string };
type DemoReviews = {
  past: readonly PastReview[];
  open: { system: string; reviewer: string; role: string };
  become: (when: 'before' | 'now') => Promise<void>;
};
type DemoEnvironmentModule = {
  writeDemoEnvironment: (environment: Record<string, string>, root: string) => Promise<string>;
  removeDemoEnvironment: (root: string) => Promise<void>;
};

const DEFAULT_PORT = 4321;

export default defineCommand({
  summary: 'Runs the demo end to end: its databases, evidence, site and server.',
  options: Common.extend({
    port: z.coerce
      .number()
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .meta({ description: 'The port; else 4321 or the next free one.' }),
  }),
  run: async (options, _words, terminal) => {
    const root = terminal.cwd;
    const demoFolder = join(packageRoot(), 'examples', 'demo');
    if (!existsSync(demoFolder)) throw candorError('DemoUnavailable', {});
    const { startDemo }: DemoModule = await import(pathToFileURL(join(demoFolder, 'demo.ts')).href);
    const files: DemoEnvironmentModule = await import(pathToFileURL(join(demoFolder, 'environment.ts')).href);
    const port = await freePort(options.port ?? DEFAULT_PORT, options.port === undefined ? 20 : 1);
    const say = (text: string) => terminal.err(`${text}\n`);

    const content = join(root, 'content');
    const mark = join(root, '.candor', 'demo-log');
    await refuseForeign(content, mark);
    say('Starting PostgreSQL with the demo company’s databases …');
    // The page is made of files, so it is served on: what it says was true when it was looked at.
    const onLost = () => say(printError(candorError('DemoDatabaseLost', {}), { colour: terminal.interactive }));
    const demo = await startDemo({ signal: terminal.signal, onLost });
    const secrets = await mkdtemp(join(tmpdir(), 'candor-demo-keys-'));
    try {
      const keysFile = join(secrets, 'keys.pem');
      const pem = makeKeys();
      await writeFile(keysFile, pem, { mode: 0o600 });
      const sealFile = join(secrets, 'seal.pem');
      const inDays = (days: number) => new Date(terminal.now().getTime() + days * 86_400_000);
      await writeFile(sealFile, await makeSealKey('Demonstration', inDays(-1), inDays(365)), { mode: 0o600 });
      const variables = {
        ...demo.environment,
        CANDOR_KEYS: '',
        CANDOR_KEYS_FILE: keysFile,
        CANDOR_STATE: secrets,
        CANDOR_SEAL: '',
        CANDOR_SEAL_FILE: sealFile,
        CANDOR_DEMO_URL: demoUrl(port),
      };
      await files.writeDemoEnvironment(variables, root);
      // Made anew each time: this evidence is of databases that did not exist before, signed with keys of the day.
      await Promise.all(
        ['evidence', 'ledger', contentTypes.accessReviews.path].map((name) =>
          rm(join(content, name), { recursive: true, force: true }),
        ),
      );
      await mkdir(dirname(mark), { recursive: true });
      await writeFile(mark, fingerprints(pem).join('\n'));
      const here: Terminal = {
        ...terminal,
        out: terminal.err,
        environment: { ...terminal.environment, ...variables, CANDOR_CONTENT: content },
      };
      say('Reviewing who can get in …');
      await makeReviews(demo.reviews, content, here);
      say('Committing to audit samples, and drawing one …');
      await makeSamples(demo.samples, here);
      say('Collecting evidence from them …');
      const collected = await collect.run({ trigger: 'start' }, [], here);
      if (collected === 2 || terminal.signal.aborted) return collected;
      say('Publishing the first version of it …');
      const released = await release.run({ reason: 'First version of the demo' }, [], here);
      if (released !== 0 || terminal.signal.aborted) return released;
      say('Building the site …');
      const built = await build.run({}, [], here);
      if (built !== 0 || terminal.signal.aborted) return built;
      await serveDemo(content, port, here, (url) => {
        if (options.port === undefined && port !== DEFAULT_PORT)
          say(`Port ${DEFAULT_PORT} is in use, so this is on ${port}.`);
        terminal.out(options.json ? `${JSON.stringify({ url })}\n` : `\n  ${url}\n\n`);
        say(hintsFor(url));
      });
      return 0;
    } finally {
      await files.removeDemoEnvironment(root);
      await rm(secrets, { recursive: true, force: true });
      await demo.stop();
    }
  },
});

/** The company’s reviews: closed ones of the past, one of which is overdue since, and one that is opened now. */
async function makeReviews({ past, open, become }: DemoReviews, content: string, here: Terminal): Promise<void> {
  const valid = await validContent(content, here);
  if (valid === undefined) return;
  await become('before');
  try {
    for (const each of past) await writePast(each, content, valid, here);
  } finally {
    await become('now');
  }
  const { system, reviewer, role } = open;
  await review.run({ reviewer, role }, ['open', system], here);
}

/** The company’s audit samples: each is committed to, and drawn at once where the demo plays the auditor. */
async function makeSamples(samples: readonly DemoSample[], here: Terminal): Promise<void> {
  for (const [index, { name, seed }] of samples.entries()) {
    await sample.run({}, ['commit', name], here);
    if (seed !== undefined) await sample.run({ seed }, ['draw', String(index + 1)], here);
  }
}

/** Serves the site with the company’s forms until it is told to stop; without CANDOR_SMTP their letters lie in a folder. */
async function serveDemo(
  content: string,
  port: number,
  here: Terminal,
  onServed: (url: string) => void,
): Promise<void> {
  const valid = await validContent(content, here);
  const policy = valid?.content.intake;
  const url = demoUrl(port);
  const built = policy === undefined ? undefined : await buildForms(here.cwd);
  const forms =
    built === undefined || valid === undefined || policy === undefined
      ? undefined
      : await startForms(built, { folder: content, content: valid.content, policy, url, isDemo: true }, here);
  try {
    const { server } = await serveSite(join(here.cwd, 'dist'), port, 'localhost', forms);
    onServed(url);
    await untilAborted(server, here.signal);
  } finally {
    await forms?.stop();
    await built?.remove();
  }
}

const demoUrl = (port: number) => `http://localhost:${port}/`;

/** Throws DemoWouldReplace for a log that begins with other keys than those of the last demo here. */
async function refuseForeign(content: string, mark: string): Promise<void> {
  const names = await readdir(join(content, keysFolder)).catch(() => []);
  const own = ((await textOf(mark)) ?? '').split('\n').map((fingerprint) => fingerprint.slice(0, 16));
  const foreign = names.some(
    (name) => name.endsWith('.json') && !own.some((each) => each !== '' && name.includes(each)),
  );
  if (foreign) throw candorError('DemoWouldReplace', { folder: content });
}

function fingerprints(pem: string): string[] {
  return Object.values(parseKeys(pem))
    .flat()
    .map((key) => fingerprintOf(createPublicKey(key)));
}

const hintsFor = (url: string) => `Break it, and see whether the page notices. In another terminal:
  npm run sql -- "alter table tickets disable row level security"
  npm run candor -- collect
  npm run candor -- build
Ask for an agreement: ${url}requests/   (its letters: ${url}letters/)
A new version of it, to compare with the first: npm run candor -- release --reason "Broken on purpose"
Do not believe it: npm run candor -- verify ${url}
Ctrl-C ends everything.`;
