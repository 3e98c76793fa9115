import type { Digest, Instant, KeyUse } from '../../schemas/index.ts';
import { type ChainedKey, keysAt } from '../keys/chain.ts';
import { isBefore, TIME_SLACK_MS } from '../times.ts';
import { doubts } from './doubts.ts';
import { DoesNotHold, type FailureKind, fails, openManifest, type ProvenFiles } from './files.ts';
import { requirePinned, requireSigner, verifyKeys } from './keys.ts';
import { type ProvenLog, verifyLog } from './log.ts';
import { compareRemembered, type Remembered, rememberedBy } from './memory.ts';
import { readProofs, verifyProofs } from './proofs.ts';
import type { Published } from './published.ts';
import { verifyRecords } from './records.ts';
import { verifyReleases, verifyVersion } from './releases.ts';
import { verifySamples } from './samples.ts';
import { verifyStates } from './states.ts';

/** What a verification was asked for. */
export type VerifyOptions = {
  now: Instant;
  /** The beginning of a fingerprint that the visitor got from elsewhere. */
  pinned?: string | undefined;
  /** What is remembered of logs with this origin, from the last times. */
  recall: (origin: string) => Promise<Remembered[]>;
  /** For people: what is being looked at, and how far. */
  progress: (what: string, done?: number, of?: number) => void;
};

/** What was proven and what was not. `failure` is the first thing that does not hold; nothing after it was looked at. */
export type Verification = {
  address: string;
  verifiedAt: Instant;
  failure: { file: string; problem: string; kind: FailureKind } | null;
  demo: boolean;
  /** SHA-256 of the manifest: of exactly this page all of it was proven. */
  manifest: Digest | null;
  origin: string | null;
  log: { size: number; root: string } | null;
  builtAt: Instant | null;
  expiresAt: Instant | null;
  release: number | null;
  /** All keys of the log, newest first. */
  keys: { use: KeyUse; fingerprint: string; since: Instant; endsAt: Instant | null }[];
  proven: string[];
  notProven: string[];
  /** What to keep for the next time; null unless everything holds. */
  seen: Remembered | null;
};

/**
 * Proves a published page as a stranger would, with nothing but what is published: who signed it, that the log holds
 * exactly the evidence and versions that are shown, that nothing in it was rewritten since the last time, that each file
 * is the one that was signed, and that all of it is of this moment. Throws VerificationUnreachable; what does not hold is
 * told in `failure`.
 */
export async function verify(published: Published, options: VerifyOptions): Promise<Verification> {
  const report: Verification = {
    address: published.address,
    verifiedAt: options.now,
    failure: null,
    demo: false,
    manifest: null,
    origin: null,
    log: null,
    builtAt: null,
    expiresAt: null,
    release: null,
    keys: [],
    proven: [],
    notProven: [],
    seen: null,
  };
  try {
    await prove(published, options, report);
  } catch (error) {
    if (!(error instanceof DoesNotHold)) throw error;
    report.failure = { file: error.file, problem: error.problem, kind: error.kind };
  }
  return report;
}

async function prove(published: Published, options: VerifyOptions, report: Verification): Promise<void> {
  const { now, pinned, progress } = options;
  const { proven, notProven } = report;
  progress('the manifest');
  const files = await openManifest(published, now);
  const { origin, demo, builtAt, expiresAt, release } = files.manifest;
  Object.assign(report, { manifest: files.digest, origin, demo, builtAt, expiresAt, release });
  const count = files.manifest.files.length;
  proven.push(`The list of all ${count} files is signed; it was made at ${builtAt} and is valid until ${expiresAt}.`);

  const place = {
    address: published.address,
    atHome: published.origin === origin,
    remembered: await options.recall(origin),
  };
  const proofs = await readProofs(files);
  const sizes = new Set([...proofs.map(({ size }) => size), ...place.remembered.map(({ size }) => size)]);
  const log = await verifyLog(
    files,
    now,
    sizes,
    (version, history) => verifyVersion(files, version, history),
    (done, of) => progress('the log', done, of),
  );
  requireHead(files, log);
  await verifyKeys(files, log);
  requireSigner(files, log, now);
  const { chain, releases } = log.history;
  const { size, root } = log.checkpoint;
  report.log = { size, root: root.toString('hex') };
  report.keys = chain.map(keyLine).reverse();
  proven.push(
    `The log ${origin} has ${size} entries; its tiles and signed root are theirs, and their history has no gap.`,
  );
  const signing = keysAt(chain, 'checkpoint', now).length + keysAt(chain, 'statement', now).length;
  proven.push(`The ${chain.length} keys are those of the log; ${signing} of them may sign today.`);
  if (pinned !== undefined) requirePinned(chain, pinned);

  progress('evidence and versions');
  await verifyProofs(files, proofs, log);
  const records = await verifyRecords(files, log);
  proven.push(
    `The ${records.size} evidence records are the newest in the log, and signed. ${proofs.length} inclusion proofs hold.`,
  );
  await verifyReleases(files, log, now);
  const newest = releases.at(-1)?.release;
  if (newest !== undefined)
    proven.push(
      `All versions are published as they were logged; version ${newest.number} is valid until ${newest.expiresAt}.`,
    );
  await verifySamples(files, log);
  const { samples } = log.history;
  if (samples.length > 0) {
    const drawn = samples.filter((sample) => sample.drawn?.draw.result).length;
    const gone = samples.filter((sample) => sample.drawn?.draw.result === null).length;
    const gaveUp = gone === 0 ? '' : ` The population of ${gone} had changed, so that nothing was drawn.`;
    proven.push(
      `${drawn} of ${samples.length} audit samples were drawn: from the population, in the number and with the seed that were committed to.${gaveUp}`,
    );
  }
  const { coverage } = await verifyStates(files, records);
  const { verified, inPlace } = coverage;
  proven.push(
    `${verified} of ${inPlace} in-place claims count as verified: each rests on checks that passed in a proven record.`,
  );

  const before = compareRemembered(log, files, place);
  if ('proven' in before) proven.push(before.proven);
  else notProven.push(before.notProven);
  await files.rest((done, of) => progress('all other files', done, of));
  notProven.push(...(await unnamed(published, files)));
  proven.push(`All ${count} files are the ones that were signed.`);

  notProven.push(...doubts(records, now));
  if (newest === undefined) notProven.push('What the page said before: it has no version yet.');
  if (published.list === undefined && !place.atHome)
    notProven.push(`That this log is the one of ${published.address}: it is called ${origin}.`);
  if (pinned === undefined)
    notProven.push('That the keys are the company’s: compare a fingerprint that you got another way, with --key.');
  notProven.push('That the collectors told the truth about the systems that they read.');
  notProven.push('That the pages say what trust.json says: they are signed, but not derived again.');
  notProven.push('That everybody is shown this same log: it has no independent witnesses.');
  report.seen = rememberedBy(log, files, place);
}

/** The manifest must speak of the head that it is published with, and not be older than it. Throws DoesNotHold. */
function requireHead({ manifest }: ProvenFiles, { checkpoint, history }: ProvenLog): void {
  if (manifest.log.size !== checkpoint.size || manifest.log.root !== checkpoint.root.toString('hex'))
    throw fails('manifest.json', 'it was made for another log.');
  const { builtAt } = manifest;
  if (history.newest !== undefined && isBefore(builtAt, history.newest, TIME_SLACK_MS))
    throw fails(
      'manifest.json',
      `it is dated back: it says ${builtAt}, but the log has an entry from ${history.newest}.`,
    );
}

/** Files that nobody signed: refused where evidence is kept, told elsewhere. Throws DoesNotHold. */
async function unnamed(published: Published, files: ProvenFiles): Promise<string[]> {
  const paths = (await published.list?.())?.filter((path) => !files.names(path)) ?? [];
  const kept = paths.find((path) => /^(log|evidence|versions|keys|audit-samples)\//.test(path));
  if (kept !== undefined) throw fails(kept, 'it is published, but the manifest does not name it; nobody signed it.');
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return paths.length === 0 ? [] : [`Who made ${paths.slice(0, 3).join(', ')}${more}: the manifest does not name it.`];
}

function keyLine({ entry: { use, fingerprint, at }, endsAt }: ChainedKey): Verification['keys'][number] {
  return { use, fingerprint, since: at, endsAt };
}
