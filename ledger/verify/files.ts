import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../../posture/digest.ts';
import {
  type Digest,
  type FileDigest,
  type Instant,
  LogKey,
  MAX_ENTRY_BYTES,
  SiteManifest,
} from '../../schemas/index.ts';
import { fingerprintOf, keyFileName, useOf } from '../keys/chain.ts';
import { keyBytes } from '../keys/files.ts';
import { leafHash } from '../log/merkle.ts';
import { MANIFEST, MANIFEST_BUNDLE } from '../publish.ts';
import { jsonOf } from '../reader.ts';
import { hintOf, openStatement, type Statement } from '../statement.ts';
import { TIME_SLACK_MS } from '../times.ts';
import type { Published } from './published.ts';

/** Files that are read at the same time. */
export const AT_ONCE = 8;

/**
 * What a failure means for whoever meets it: `fingerprint` that the keys are not the ones that were expected, `expired`
 * that all was right once, `unsigned` that there is nothing to prove, `changed` all else.
 */
export type FailureKind = 'changed' | 'expired' | 'fingerprint' | 'unsigned';

/** The first thing that does not hold: which file, and what is wrong with it. */
export class DoesNotHold extends Error {
  readonly file: string;
  readonly problem: string;
  readonly kind: FailureKind;
  constructor(file: string, problem: string, kind: FailureKind) {
    super(`${file}: ${problem}`);
    this.name = 'DoesNotHold';
    this.file = file;
    this.problem = problem;
    this.kind = kind;
  }
}

/** The error for a file that does not hold; throw it. */
export function fails(file: string, problem: string, kind: FailureKind = 'changed'): DoesNotHold {
  return new DoesNotHold(file, problem, kind);
}

/** The signed list of all files, and a way to read them that proves each one against it. */
export class ProvenFiles {
  readonly manifest: SiteManifest;
  /** SHA-256 of the manifest. */
  readonly digest: Digest;
  /** The fingerprint of the key that signed the manifest. It is in the log, or the proof fails there. */
  readonly signedBy: string;
  readonly #published: Published;
  readonly #listed: ReadonlyMap<string, FileDigest>;
  readonly #seen = new Set<string>();
  readonly #ahead = new Map<string, Promise<Buffer | undefined>>();

  constructor(published: Published, manifest: SiteManifest, signedBy: string) {
    this.manifest = manifest;
    this.digest = hash('sha256', manifestText(manifest));
    this.signedBy = signedBy;
    this.#published = published;
    this.#listed = new Map(manifest.files.map((file) => [file.path, file]));
    if (this.#listed.size < manifest.files.length) throw fails(MANIFEST, 'it names a file twice.');
    const strange = manifest.files.find(({ path }) => !path.isWellFormed() || /\p{Cc}/u.test(path));
    if (strange !== undefined)
      throw fails(MANIFEST, `it names a file that no host can have (${JSON.stringify(strange.path)}).`);
  }

  /** The digest of a file, when the manifest names it. */
  digestOf(path: string): string | undefined {
    return this.#listed.get(path)?.digest;
  }

  /** Whether a file is the manifest, its bundle, or named by it. */
  names(path: string): boolean {
    return path === MANIFEST || path === MANIFEST_BUNDLE || this.#listed.has(path);
  }

  /** All paths that match. */
  paths(pattern: RegExp): string[] {
    return this.manifest.files.map(({ path }) => path).filter((path) => pattern.test(path));
  }

  /** Reads a file that the manifest names. Throws DoesNotHold when it is another, or not there. */
  async read(path: string): Promise<Buffer> {
    const listed = this.#listed.get(path);
    if (listed === undefined)
      throw fails(path, 'it is missing; the proof needs it, and the manifest does not name it.');
    const fetched = this.#ahead.get(path);
    this.#ahead.delete(path);
    const bytes = await (fetched ?? this.#published.read(path));
    if (bytes === undefined) throw fails(path, 'it is missing; the manifest names it.');
    if (bytes.length !== listed.bytes || hash('sha256', bytes) !== listed.digest)
      throw fails(path, 'it is not the file that the manifest names; it was changed.');
    this.#seen.add(path);
    return bytes;
  }

  /** Begins to fetch a file that will be read soon. What goes wrong is told when it is read. */
  fetchAhead(path: string): void {
    if (!this.#listed.has(path)) return;
    const fetched = this.#published.read(path);
    fetched.catch(() => undefined);
    this.#ahead.set(path, fetched);
  }

  /** Reads a text; see `read`. */
  async text(path: string): Promise<string> {
    return (await this.read(path)).toString('utf8');
  }

  /** Proves all files that were not read so far. */
  async rest(progress: (done: number, of: number) => void): Promise<void> {
    const rest = [...this.#listed.keys()].filter((path) => !this.#seen.has(path));
    const queue = rest.values();
    let done = 0;
    const failed = new Map<string, unknown>();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const path of queue) {
          await this.read(path).catch((error: unknown) => failed.set(path, error));
          if (failed.size > 0) return;
          done += 1;
          progress(done, rest.length);
        }
      }),
    );
    for (const path of rest) if (failed.has(path)) throw failed.get(path);
  }
}

/** A manifest as it is published. */
function manifestText(manifest: SiteManifest): string {
  return `${canonicalJson(manifest)}\n`;
}

/** The leaf hash of a published file. Throws DoesNotHold for one that is longer than an entry can be. */
export async function leafOf(files: ProvenFiles, path: string): Promise<Buffer> {
  const bytes = await files.read(path);
  if (bytes.length > MAX_ENTRY_BYTES) throw fails(path, 'it is longer than an entry of a log can be.');
  return leafHash(bytes);
}

/**
 * Opens the manifest: the bundle’s signature by a published statement key, the manifest’s digest, its shape, and that
 * it is of this moment. Whether that key is in the log is proven later. Throws DoesNotHold.
 */
export async function openManifest(published: Published, now: Instant): Promise<ProvenFiles> {
  const bytes = await published.read(MANIFEST);
  const bundle = await published.read(MANIFEST_BUNDLE);
  if (bytes === undefined && bundle === undefined)
    throw fails(
      MANIFEST,
      'it is missing: this is no page of Candor, or it was built without keys or without a log, so nothing on it is signed.',
      'unsigned',
    );
  if (bytes === undefined) throw fails(MANIFEST, 'it is missing.');
  if (bundle === undefined) throw fails(MANIFEST_BUNDLE, 'it is missing.');
  const opened = await openBundle(published, bundle.toString('utf8'));
  requireSubjects(
    opened.statement,
    'urn:candor:manifest:1',
    [[MANIFEST, hash('sha256', bytes)]],
    MANIFEST_BUNDLE,
    MANIFEST,
  );
  const parsed = SiteManifest.safeParse(jsonOf(bytes.toString('utf8')));
  if (!parsed.success || manifestText(parsed.data) !== bytes.toString('utf8'))
    throw fails(MANIFEST, 'it is signed, but it is not a manifest as this version knows it.');
  const manifest = parsed.data;
  const { builtAt, expiresAt } = manifest;
  if (Date.parse(expiresAt) < Date.parse(builtAt))
    throw fails(MANIFEST, `it expires (${expiresAt}) before it was made (${builtAt}).`);
  if (Date.parse(builtAt) > Date.parse(now) + TIME_SLACK_MS)
    throw fails(MANIFEST, `it is dated in the future (${builtAt}).`);
  if (Date.parse(now) > Date.parse(expiresAt))
    throw fails(
      MANIFEST,
      `it has expired: it was valid from ${builtAt} until ${expiresAt}. This may be an old copy.`,
      'expired',
    );
  return new ProvenFiles(published, manifest, opened.by);
}

async function openBundle(published: Published, text: string): Promise<{ statement: Statement; by: string }> {
  const hint = hintOf(text);
  if (hint === undefined) throw fails(MANIFEST_BUNDLE, 'it is not a sigstore bundle; it was changed.');
  const path = `keys/${keyFileName({ use: 'statement', fingerprint: hint })}.json`;
  const file = await published.read(path);
  if (file === undefined) throw fails(MANIFEST_BUNDLE, `it is signed by a key that is not published (${path}).`);
  const key = keyIn(file);
  if (key === undefined || !path.includes(fingerprintOf(key).slice(0, 16)))
    throw fails(path, 'it is not the key that its name says; it was changed.');
  if (fingerprintOf(key) !== hint)
    throw fails(MANIFEST_BUNDLE, 'it names a key that is not published; it was changed.');
  const opened = openStatement(text, [key]);
  if ('flaw' in opened) throw fails(MANIFEST_BUNDLE, opened.flaw);
  return { statement: opened.statement, by: fingerprintOf(opened.by) };
}

/** The statement key in a published file, when all of the file agrees with it. */
function keyIn(file: Buffer): KeyObject | undefined {
  const entry = LogKey.safeParse(jsonOf(file.toString('utf8')));
  if (!entry.success || !keyBytes(entry.data).equals(file)) return undefined;
  try {
    const key = createPublicKey({ key: Buffer.from(entry.data.publicKey, 'base64'), format: 'der', type: 'spki' });
    return useOf(key) === 'statement' && fingerprintOf(key) === entry.data.fingerprint ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * That a statement is of one kind and about exactly these files. `subject` is blamed when a digest differs, `bundle` for
 * the rest.
 */
export function requireSubjects(
  statement: Statement,
  predicateType: Statement['predicateType'],
  files: readonly (readonly [path: string, digest: string])[],
  bundle: string,
  blamed?: string,
): void {
  if (statement.predicateType !== predicateType)
    throw fails(bundle, `it is a statement of another kind (${statement.predicateType}).`);
  const names = statement.subject.map(({ name }) => name).join(', ');
  if (names !== files.map(([path]) => path).join(', ')) throw fails(bundle, `it is about other files: ${names}.`);
  for (const [index, [path, digest]] of files.entries())
    if (statement.subject[index]?.digest.sha256 !== digest)
      throw fails(
        blamed ?? bundle,
        blamed === undefined ? `it is about another ${path}.` : 'it is not the file that was signed; it was changed.',
      );
}
