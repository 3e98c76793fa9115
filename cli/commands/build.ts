import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { recover } from '../../ledger/files/commit.ts';
import { lockForWriting } from '../../ledger/files/lock.ts';
import { type PrivateKeys, privateKeys } from '../../ledger/keys/private.ts';
import { privateHalf, whileValid } from '../../ledger/keys/signers.ts';
import { signSite } from '../../ledger/publish.ts';
import { readLog } from '../../ledger/reader.ts';
import { releaseNumbers } from '../../ledger/releases/store.ts';
import { after } from '../../posture/time.ts';
import { CandorError, Duration, Trust } from '../../schemas/index.ts';
import { Common, defineCommand } from '../command.ts';
import { refuseDemo, validContent } from '../content.ts';
import { candorVersion, contentFolder } from '../place.ts';
import { buildSite } from '../site.ts';

export default defineCommand({
  summary: 'Builds the static site into ./dist.',
  options: Common.extend({
    production: z.boolean().default(false).meta({ description: 'Refuse to build when any source is a demonstration.' }),
    'valid-for': Duration.default('7d').meta({
      description: 'How long the signed list of files is valid, for example 7d (the default); build again before that.',
    }),
    verbose: z.boolean().default(false).meta({ description: 'Show what the site builder says.' }),
  }),
  run: async (options, _words, terminal) => {
    const folder = contentFolder(options.content, terminal);
    const valid = await validContent(folder, terminal);
    if (valid === undefined) return 2;
    if (options.production) await refuseDemo(folder, valid.content);
    const keys = await privateKeys(terminal.environment, folder);
    const lock = await settled(folder);
    const dist = await buildSite(terminal.cwd, folder, options.verbose, (site) =>
      signed(site, folder, keys, options['valid-for']),
    ).finally(lock.release);
    if (keys === undefined)
      terminal.err('The site is not signed: no keys are set. `candor verify` will say so; `candor keys` tells more.\n');
    // Told from what was built, so that the command line cannot say another number than the page.
    const { coverage, states } = await builtTrust(dist);
    const { verified, inPlace, percent } = coverage;
    if (options.json) terminal.out(`${JSON.stringify({ dist, coverage, states }, null, 2)}\n`);
    else terminal.out(`Built ${dist}: ${verified} of ${inPlace} in-place claims verified and fresh (${percent} %).\n`);
    return 0;
  },
});

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

/** With keys: signs the list of all files of a built site. */
async function signed(site: string, folder: string, keys: PrivateKeys | undefined, validFor: Duration): Promise<void> {
  const log = await readLog(folder);
  if (keys === undefined || log === undefined) return;
  const trust = await builtTrust(site);
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
