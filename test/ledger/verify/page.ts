import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeKeys, type PrivateKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { copyPublished, digestsOf } from '../../../ledger/publish.ts';
import { readLog } from '../../../ledger/reader.ts';
import { keep } from '../../../ledger/records/keep.ts';
import { readEvidence } from '../../../ledger/records/store.ts';
import { contentsOf } from '../../../ledger/releases/contents.ts';
import { releaseFiles, releaseNumbers } from '../../../ledger/releases/store.ts';
import { signStatement, statementOf } from '../../../ledger/statement.ts';
import type { Remembered } from '../../../ledger/verify/memory.ts';
import { openPublished } from '../../../ledger/verify/published.ts';
import { type Verification, verify } from '../../../ledger/verify/verify.ts';
import { type Ledger, openLedger, originOf } from '../../../ledger/writer.ts';
import { derive } from '../../../posture/derive.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import type { Evidence, Release, ReleaseContents, SiteManifest, Trust } from '../../../schemas/index.ts';
import { at, contentWith, evidenceAfter, finding, T0 } from '../../posture/worlds.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const content = contentWith();
const ORIGIN = originOf(content.organization.trustUrl);

/** What somebody makes of a version before it is signed. */
export type Change = (draft: { trust: Trust; contents: ReleaseContents; release: Release }) => void;

/** A company’s page without its renderer: a real ledger, a real manifest, and two files that stand for the pages. */
export type Page = {
  root: string;
  content: string;
  site: string;
  keys: PrivateKeys;
  /** Runs `work` with the ledger open, its clock at `now`. */
  write: <T>(now: number, work: (ledger: Ledger) => Promise<T>) => Promise<T>;
  /** Keeps what a run found: by default that the app database passes. */
  collect: (now: number, changes?: Partial<Evidence>) => Promise<Evidence>;
  /** Freezes a version; `change` makes it say something else than what was derived. */
  release: (now: number, expiresAt?: number, change?: Change) => Promise<Release>;
  /** Builds the site anew and signs it. */
  publish: (now: number, expiresAt?: number) => Promise<void>;
  verify: (now: number, remembered?: Remembered, pinned?: string) => Promise<Verification>;
  remove: () => Promise<void>;
};

/** Makes one in a temporary place. */
export async function makePage(keys: PrivateKeys = parseKeys(makeKeys())): Promise<Page> {
  const root = await mkdtemp(join(tmpdir(), 'candor-page-'));
  const folder = join(root, 'content');
  const site = join(root, 'site');
  await mkdir(folder);
  const write: Page['write'] = async (now, work) => {
    const ledger = await openLedger({
      content: folder,
      origin: ORIGIN,
      keys,
      now: () => new Date(now),
      state: undefined,
    });
    try {
      return await work(ledger);
    } finally {
      await ledger.close();
    }
  };
  return {
    root,
    content: folder,
    site,
    keys,
    write,
    collect: (now, changes = {}) =>
      write(now, async (ledger) => {
        const { id: _, previous: __, ...found } = { ...passing(now), ...changes };
        const name = { source: found.source, collector: found.collector.id };
        const { kept, newest } = await readEvidence(folder, [name]);
        const key = `${name.source}/${name.collector}`;
        return keep(ledger, found, kept.get(key), newest.get(key));
      }),
    release: (now, expiresAt = now + 30 * DAY, change = () => undefined) =>
      write(now, (ledger) => addRelease(ledger, now, expiresAt, change)),
    publish: async (now, expiresAt = now + 7 * DAY) => {
      await rm(site, { recursive: true, force: true });
      const { evidence } = await readEvidence(folder);
      await put(join(site, 'trust.json'), `${canonicalJson(derive(content, evidence, [], at(now)))}\n`);
      await put(join(site, 'index.html'), '<!doctype html><title>Quill</title>');
      await put(join(site, 'claims/rows-are-scoped/index.html'), '<!doctype html><title>Rows</title>');
      await copyPublished(folder, site);
      await sign(site, folder, keys, now, expiresAt);
    },
    verify: (now, remembered, pinned) =>
      verify(openPublished(site, root), {
        now: at(now),
        pinned,
        recall: async () => (remembered === undefined ? [] : [remembered]),
        progress: () => undefined,
      }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** What a run finds when all is well, and was so since the first one. */
export function passing(now: number): Evidence {
  const times = now > T0 ? [T0, now] : [now];
  return evidenceAfter(times.map((at) => ({ findings: [finding('passed')], complete: true, at })));
}

/** What a run finds when a table has just failed. */
export function failing(now: number): Partial<Evidence> {
  return {
    checks: passing(now).checks.map((check) => ({
      ...check,
      outcome: 'failed',
      counts: { ...check.counts, passed: 0, failed: 1 },
      since: at(now),
      openFailures: [{ subject: 'public.tickets', reason: 'it failed', firstSeenAt: at(now), lastSeenAt: at(now) }],
    })),
    findings: [finding('failed')],
    counts: { passed: 0, failed: 1, inconclusive: 0, error: 0, 'not-applicable': 0 },
  };
}

/** Signs a site as it lies there: what a company with the keys could sign, whatever it did before, and whatever it says. */
export async function sign(
  site: string,
  folder: string,
  keys: PrivateKeys,
  now: number,
  expiresAt = now + 7 * DAY,
  change: (manifest: SiteManifest) => void = () => undefined,
): Promise<void> {
  const log = await readLog(folder);
  const [key] = keys.statement;
  if (log === undefined || key === undefined) throw new Error('nothing to sign');
  const { size, root, origin } = log.checkpoint;
  const manifest: SiteManifest = {
    schema: 'candor/manifest@1',
    origin,
    demo: false,
    builtAt: at(now),
    expiresAt: at(expiresAt),
    version: '0',
    release: (await releaseNumbers(folder)).at(-1) ?? null,
    log: { size, root: root.toString('hex') },
    files: await digestsOf(site),
  };
  change(manifest);
  const bytes = Buffer.from(`${canonicalJson(manifest)}\n`);
  const predicate = { origin, builtAt: manifest.builtAt, expiresAt: manifest.expiresAt };
  const statement = statementOf([['manifest.json', bytes]], 'urn:candor:manifest:1', predicate);
  await put(join(site, 'manifest.json'), bytes);
  await put(join(site, 'manifest.sigstore.json'), signStatement(statement, key));
}

async function addRelease(ledger: Ledger, now: number, expiresAt: number, change: Change): Promise<Release> {
  const number = ((await releaseNumbers(ledger.content)).at(-1) ?? 0) + 1;
  const recorded = await readEvidence(ledger.content);
  const trust = derive(content, recorded.evidence, [], at(now));
  const contents = contentsOf(content, [], recorded);
  const files = releaseFiles(number);
  const before = number === 1 ? undefined : await readFile(join(ledger.content, releaseFiles(number - 1).manifest));
  const html = Buffer.from(`<!doctype html><title>Version ${number}</title>`);
  const listed = (path: string, bytes: Buffer) => ({ path, bytes: bytes.length, digest: sha256(bytes) });
  const release: Release = {
    schema: 'candor/release@1',
    number,
    origin: ledger.origin,
    demo: false,
    publishedAt: at(now),
    expiresAt: at(expiresAt),
    reason: `Version ${number}.`,
    coverage: trust.coverage,
    states: trust.states,
    log: ledger.head(),
    files: [],
    previous: before === undefined ? null : { number: number - 1, digest: sha256(before) },
  };
  change({ trust, contents, release });
  const json = Buffer.from(`${canonicalJson(trust)}\n`);
  const made = Buffer.from(`${canonicalJson(contents)}\n`);
  release.files = [
    listed(`${number}/contents.json`, made),
    listed(`${number}/index.html`, html),
    listed(`${number}/trust.json`, json),
  ];
  const bytes = Buffer.from(`${canonicalJson(release)}\n`);
  await ledger.append([
    {
      entry: release,
      bytes,
      files: ({ index, proof }) => [
        [files.manifest, bytes],
        [files.proof, Buffer.from(proof)],
        [
          files.bundle,
          Buffer.from(
            ledger.sign(
              statementOf([[`versions/${number}/manifest.json`, bytes]], 'urn:candor:release:1', {
                origin: ledger.origin,
                index,
                number,
              }),
            ),
          ),
        ],
        [files.trust, json],
        [files.contents, made],
        [`${files.folder}/index.html`, html],
      ],
    },
  ]);
  return release;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Writes a file with its folders. */
export async function put(file: string, text: string | Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** A page with a bit of everything: two records, one of them renewed, one changed, and two versions. */
export async function richPage(): Promise<Page> {
  const page = await makePage();
  await page.collect(T0);
  await page.collect(T0 + HOUR, { source: 'vault-db' });
  await page.release(T0 + 2 * HOUR);
  await page.collect(T0 + DAY);
  await page.collect(T0 + DAY + HOUR, { source: 'vault-db', facts: { tables: 2 } });
  await page.release(T0 + DAY + 2 * HOUR);
  await page.collect(T0 + 2 * DAY);
  await page.publish(T0 + 2 * DAY + HOUR);
  return page;
}

/** A copy of a page’s content folder, to come back to. */
export async function copyOf(page: Page, name: string): Promise<string> {
  const copy = join(page.root, name);
  await cp(page.content, copy, { recursive: true });
  return copy;
}
