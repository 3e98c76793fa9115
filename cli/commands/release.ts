import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  draftFiles,
  draftRelease,
  isMostlyValid,
  isUnchanged,
  publishRelease,
  type ReleaseDraft,
} from '../../ledger/releases/make.ts';
import { readRelease, releaseNumbers } from '../../ledger/releases/store.ts';
import { auditContent } from '../../ledger/verify/audit.ts';
import { changeCount, diff } from '../../posture/diff.ts';
import { canonicalJson } from '../../posture/digest.ts';
import { candorError, Duration, type ReleaseChanges } from '../../schemas/index.ts';
import { changeSentences } from '../../site/words/changes.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { printErrors, refuseDemo, validContent } from '../content.ts';
import { finishCutOff, requireKeys, withLedger } from '../ledger.ts';
import { contentFolder } from '../place.ts';
import { buildError, renderRelease } from '../site.ts';
import { failOnVendors, stoppedByVendors } from '../subprocessors.ts';

const usage = 'candor release --reason TEXT [--valid-for 30d] [--if-changed] [--production] | candor release diff A B';

const releaseOptions = Common.extend({
  reason: z
    .string()
    .max(4000, 'must have at most 4000 characters')
    .optional()
    .meta({ description: 'Why this version is published; readers see it.' }),
  'valid-for': Duration.default('30d').meta({
    description: 'How long the version is valid, for example 30d (the default); release again before that.',
  }),
  'if-changed': z.boolean().default(false).meta({
    description: 'Do nothing when nothing changed and the last version has more than half of its validity left.',
  }),
  production: z.boolean().default(false).meta({ description: 'Refuse when any source is a demonstration.' }),
  'fail-on': failOnVendors,
  verbose: z.boolean().default(false).meta({ description: 'Show what the site builder says.' }),
});

export default defineCommand({
  summary: 'Freezes a numbered version of the page, signed and logged; prints what changed between two.',
  words: '[diff A B]',
  options: releaseOptions,
  run: async (options, words, terminal) => {
    const folder = contentFolder(options.content, terminal);
    const [action, from, to, more] = words;
    if (action === undefined) return release(folder, options, terminal);
    if (action !== 'diff' || from === undefined || to === undefined || more !== undefined)
      throw candorError('UsageInvalid', { problem: `\`release ${words.join(' ')}\` means nothing.`, usage });
    const changes = await changesBetween(folder, from, to);
    terminal.out(options.json ? `${JSON.stringify(changes, null, 2)}\n` : `${changeSentences(changes).join('\n')}\n`);
    return 0;
  },
});

async function release(folder: string, options: z.infer<typeof releaseOptions>, terminal: Terminal): Promise<number> {
  const { reason, 'valid-for': validFor, 'if-changed': ifChanged, verbose } = options;
  if (reason === undefined || reason.trim() === '')
    throw candorError('UsageInvalid', { problem: 'say with --reason why this version is published.', usage });
  const valid = await validContent(folder, terminal);
  if (valid === undefined) return 2;
  if (options.production) await refuseDemo(folder, valid.content);
  if (await stoppedByVendors(folder, valid.content, options['fail-on'], terminal)) return 1;
  const keys = await requireKeys(folder, terminal);
  return withLedger(folder, valid.content, keys, terminal, async (ledger) => {
    // Read again, beside the digests of its files: opening the log may have taken a while.
    const now = await validContent(folder, terminal);
    if (now === undefined) return 2;
    const { ledger: unsound, evidence: damaged } = await auditContent(folder);
    if (unsound.length + damaged.length > 0) {
      printErrors([...unsound, ...damaged], terminal);
      terminal.err('No version was made: it would be frozen with what cannot be trusted.\n');
      return 3;
    }
    const draft = await draftRelease(ledger, now.content, { reason, validFor });
    const last = draft.before?.release;
    if (ifChanged && last !== undefined && isUnchanged(draft) && isMostlyValid(last, draft.release.publishedAt)) {
      const text = `Nothing changed since version ${last.number}, which is valid until ${last.expiresAt}.\n`;
      terminal.out(options.json ? json({ released: false, number: last.number, expiresAt: last.expiresAt }) : text);
      return 0;
    }
    const pages = await rendered(draft, ledger.content, verbose, terminal);
    if (terminal.signal.aborted) return 130;
    const { number, coverage, expiresAt } = await publishRelease(ledger, draft, pages);
    const changes = changeCount(draft.changes);
    terminal.out(options.json ? json({ released: true, number, coverage, changes, expiresAt }) : summary(draft));
    return 0;
  });
}

/** Renders the pages of a version from a folder that holds what they show. */
async function rendered(draft: ReleaseDraft, content: string, verbose: boolean, { cwd }: Terminal) {
  const folder = join(cwd, '.candor', `release.${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'release.json'), canonicalJson(draft.release));
    for (const [name, bytes] of draftFiles(draft)) await writeFile(join(folder, name), bytes);
    const pages = await renderRelease(cwd, content, folder, verbose);
    const { number } = draft.release;
    const strange = [...pages.keys()].find((path) => !path.startsWith(`${number}/`) && !path.startsWith('assets/'));
    if (strange !== undefined || !pages.has(`${number}/index.html`))
      throw candorError('BuildFailed', {
        problem: `the page of version ${number} came out as ${strange ?? 'nothing'}`,
      });
    return pages;
  } catch (error) {
    throw buildError(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What changed from one version to another, in either direction. Throws ReleaseUnknown, LedgerDamaged. */
async function changesBetween(folder: string, from: string, to: string): Promise<ReleaseChanges> {
  await finishCutOff(folder);
  const [unsound] = (await auditContent(folder)).ledger;
  if (unsound !== undefined) throw unsound;
  const numbers = await releaseNumbers(folder);
  const [before, after] = await Promise.all(
    [from, to].map(async (word) => {
      const number = numbers.find((each) => String(each) === word);
      if (number === undefined) throw candorError('ReleaseUnknown', { number: word, newest: numbers.at(-1) ?? 0 });
      return { number, ...(await readRelease(folder, number)) };
    }),
  );
  if (before === undefined || after === undefined) throw new TypeError('two versions are compared');
  return diff(before, after);
}

function summary({ release, changes }: ReleaseDraft): string {
  const { number, coverage, expiresAt } = release;
  const { verified, inPlace, percent } = coverage;
  const count = changeCount(changes);
  const changed =
    changes.from === null ? '' : `, ${count === 1 ? '1 change' : `${count} changes`} since version ${changes.from}`;
  return `Version ${number}: ${verified} of ${inPlace} in-place claims verified and fresh (${percent} %)${changed}; valid until ${expiresAt}.\n`;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
