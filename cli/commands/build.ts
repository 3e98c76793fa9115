import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sealStandard } from '../../intake/agreements/standard.ts';
import { sealKey } from '../../intake/document/seal-key.ts';
import { recover } from '../../ledger/files/commit.ts';
import { lockForWriting } from '../../ledger/files/lock.ts';
import { type PrivateKeys, privateKeys } from '../../ledger/keys/private.ts';
import { firstKeyOf, privateHalf, whileValid } from '../../ledger/keys/signers.ts';
import { rememberSigned } from '../../ledger/memory.ts';
import { openpgpKey } from '../../ledger/openpgp.ts';
import { signSite } from '../../ledger/publish.ts';
import type { Log } from '../../ledger/reader.ts';
import { releaseNumbers } from '../../ledger/releases/store.ts';
import { auditContent } from '../../ledger/verify/audit.ts';
import { requireClock, signableLog } from '../../ledger/writer.ts';
import { after } from '../../posture/time.ts';
import { CandorError, type Content, Duration, Trust } from '../../schemas/index.ts';
import { signAdvisories } from '../../site/advisories/seal.ts';
import { signSecurityTxt } from '../../site/sections/security-txt.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { printErrors, refuseDemo, validContent } from '../content.ts';
import { ledgerOptions } from '../ledger.ts';
import { candorVersion, contentFolder } from '../place.ts';
import { buildSite } from '../site.ts';
import { failOnVendors, stoppedByVendors } from '../subprocessors.ts';

export default defineCommand({
  summary: 'Builds the static site into ./dist.',
  options: Common.extend({
    production: z.boolean().default(false).meta({ description: 'Refuse to build when any source is a demonstration.' }),
    'valid-for': Duration.default('7d').meta({
      description: 'How long the signed list of files is valid, for example 7d (the default); build again before that.',
    }),
    'fail-on': failOnVendors,
    verbose: z.boolean().default(false).meta({ description: 'Show what the site builder says.' }),
  }),
  run: async (options, _words, terminal) => {
    const folder = contentFolder(options.content, terminal);
    const valid = await validContent(folder, terminal);
    if (valid === undefined) return 2;
    if (options.production) await refuseDemo(folder, valid.content);
    if (await stoppedByVendors(folder, valid.content, options['fail-on'], terminal)) return 1;
    const keys = await privateKeys(terminal.environment, folder);
    const lock = await settled(folder);
    const built = await buildWhole(folder, valid.content, keys, options, terminal).finally(lock.release);
    if (built === undefined) return 3;
    const { dist, unsigned } = built;
    if (unsigned !== undefined)
      terminal.err(`The site is not signed: ${unsigned}. \`candor verify\` will say so; \`candor keys\` tells more.\n`);
    // Told from what was built, so that the command line cannot say another number than the page.
    const { coverage, states } = await builtTrust(dist);
    const { verified, inPlace, percent } = coverage;
    if (options.json) terminal.out(`${JSON.stringify({ dist, coverage, states }, null, 2)}\n`);
    else terminal.out(`Built ${dist}: ${verified} of ${inPlace} in-place claims verified and fresh (${percent} %).\n`);
    return 0;
  },
});

/**
 * Builds and signs the site; `unsigned` says why it could not be signed. What cannot be trusted is named, and in
 * production nothing is built over it (undefined). Throws what `signableLog` throws: a page must not show what a fork says.
 */
async function buildWhole(
  folder: string,
  content: Content,
  keys: PrivateKeys | undefined,
  options: { production: boolean; verbose: boolean; 'valid-for': Duration },
  terminal: Terminal,
): Promise<{ dist: string; unsigned: string | undefined } | undefined> {
  const { ledger: unsound, evidence: damaged } = await auditContent(folder);
  printErrors([...unsound, ...damaged], terminal);
  if (unsound.length > 0 || (damaged.length > 0 && options.production)) {
    terminal.err('Nothing was built: nobody could prove a page that shows what cannot be trusted.\n');
    return undefined;
  }
  const known = keys === undefined ? undefined : ledgerOptions(folder, content, keys, terminal);
  const log = known === undefined ? undefined : (await signableLog(known)).log;
  const unsigned = keys === undefined ? 'no keys are set' : 'there is no log yet, `candor collect` begins it';
  const signer = keys === undefined || log === undefined ? undefined : { keys, log };
  if (signer === undefined && options.production) {
    terminal.err(`Nothing was built: a page in production is signed, and ${unsigned}.\n`);
    return undefined;
  }
  const seal = await sealKey(terminal.environment, folder);
  const openpgp = await openpgpKey(terminal.environment, folder);
  // Of the key that signs advisories, the pages see the public half alone.
  process.env.CANDOR_OPENPGP_PUBLIC = openpgp?.publicKey ?? '';
  const dist = await buildSite(terminal.cwd, folder, options.verbose, seal?.certificate, async (site) => {
    if (seal !== undefined) await sealStandard(site, seal, new Date((await builtTrust(site)).generatedAt));
    if (openpgp !== undefined) {
      await signAdvisories(site, openpgp);
      await signSecurityTxt(site, openpgp, new Date((await builtTrust(site)).generatedAt));
    }
    if (signer !== undefined) await signed(site, folder, signer, options['valid-for']);
    terminal.signal.throwIfAborted();
  });
  if (signer === undefined) return { dist, unsigned };
  const { state } = known ?? {};
  if (state !== undefined)
    await rememberSigned(state, signer.log.checkpoint, firstKeyOf(signer.log.chain), signer.log.note);
  return { dist, unsigned: undefined };
}

/**
 * Keeps writers away while the site is built, and finishes what a killed one began. Where nothing can be written, nobody
 * writes. Throws CollectBusy.
 */
async function settled(folder: string): Promise<{ release: () => Promise<void> }> {
  try {
    const lock = await lockForWriting(folder);
    await recover(folder).catch(async (error: unknown) => {
      await lock.release();
      throw error;
    });
    return lock;
  } catch (error) {
    if (error instanceof CandorError && error.name === 'LedgerNotWritten') return { release: async () => undefined };
    throw error;
  }
}

/** Signs the list of all files of a built site. */
async function signed(
  site: string,
  folder: string,
  { keys, log }: { keys: PrivateKeys; log: Log },
  validFor: Duration,
): Promise<void> {
  const trust = await builtTrust(site);
  await requireClock(folder, log, trust.generatedAt);
  const key = privateHalf(log.chain, keys, 'statement', trust.generatedAt);
  const release = (await releaseNumbers(folder)).at(-1) ?? null;
  const { size, root, origin } = log.checkpoint;
  const manifest = {
    schema: 'candor/manifest@1' as const,
    origin,
    demo: trust.demo,
    builtAt: trust.generatedAt,
    expiresAt: whileValid(log.chain, key, after(trust.generatedAt, validFor)),
    version: candorVersion(),
    release,
    log: { size, root: root.toString('hex') },
  };
  await signSite(site, manifest, key);
}

async function builtTrust(site: string): Promise<Trust> {
  return Trust.parse(JSON.parse(await readFile(join(site, 'trust.json'), 'utf8')));
}
