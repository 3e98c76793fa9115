import { z } from 'zod';
import { stateFolder } from '../../ledger/memory.ts';
import { DoesNotHold } from '../../ledger/verify/files.ts';
import { recall, remember } from '../../ledger/verify/memory.ts';
import { openPublished, type Published } from '../../ledger/verify/published.ts';
import { save } from '../../ledger/verify/save.ts';
import { type Verification, verify } from '../../ledger/verify/verify.ts';
import { printError } from '../../loader/print.ts';
import { visible } from '../../loader/width.ts';
import { type CandorError, candorError, type Digest, type Instant } from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';

const usage = 'candor verify URL|DIR [--key FINGERPRINT]';

export default defineCommand({
  summary: 'Proves a published page as a stranger: signatures, log, history, every file, and its age.',
  words: 'URL|DIR',
  options: Common.extend({
    key: z
      .string()
      .toLowerCase()
      .regex(/^[0-9a-f]{16,64}$/, 'must be the first 16 or more hexadecimal digits of a fingerprint')
      .optional()
      .meta({ description: 'A fingerprint that you got another way; it must be among the keys of the log.' }),
    save: z.string().optional().meta({
      description:
        'Save the log, keys, versions and evidence that were proven to this content folder, to restore a copy.',
    }),
  }),
  run: async (options, words, terminal) => {
    const [place, ...more] = words;
    if (place === undefined || place === '' || more.length > 0)
      throw candorError('UsageInvalid', { problem: '`verify` takes one address or folder.', usage });
    const published = openPublished(place, terminal.cwd);
    const state = stateFolder(terminal.environment);
    const show = progressOn(terminal);
    const report = await verify(published, {
      now: terminal.now().toISOString(),
      pinned: options.key,
      recall: async (origin) => (state === undefined ? [] : recall(state, origin)),
      progress: show.progress,
    }).finally(show.end);
    if (report.seen !== null && (state === undefined || !(await remember(state, report.seen))))
      report.notProven.push(
        'Next time, that nothing was rewritten since today: this machine cannot remember (CANDOR_STATE).',
      );
    if (options.json) terminal.out(`${JSON.stringify(report, null, 2)}\n`);
    else terminal.out(reportText(report));
    if (report.failure !== null) {
      const error = failed(report.failure, published);
      if (!options.json) terminal.err(`${printError(error, { colour: terminal.interactive })}\n`);
      return error.exit;
    }
    if (options.save !== undefined && report.manifest !== null)
      await saved(published, report.manifest, options.save, terminal);
    return 0;
  },
});

async function saved(published: Published, proven: Digest, folder: string, { cwd, err, now }: Terminal): Promise<void> {
  const count = await save(published, proven, folder, { cwd, now: now().toISOString() }).catch((error: unknown) => {
    throw error instanceof DoesNotHold ? failed(error, published) : error;
  });
  err(`Saved ${count} files to ${folder}.\n`);
}

function failed({ file, problem, kind }: NonNullable<Verification['failure']>, { list }: Published): CandorError {
  return candorError('VerificationFailed', { file, problem, kind, isFolder: list !== undefined });
}

function reportText({ address, demo, verifiedAt, keys, proven, notProven, failure }: Verification): string {
  const listed = (title: string, mark: string, texts: readonly string[]) =>
    `${title}:\n${texts.map((text) => `  ${mark} ${visible(text)}`).join('\n')}`;
  const lines = [
    `${visible(address)}${demo ? '\n\nA DEMONSTRATION: its systems and keys are made up and thrown away.' : ''}`,
    ...(proven.length > 0 ? [listed('Proven', '+', proven)] : []),
    ...(keys.length > 0
      ? [
          listed(
            'Its keys, newest first',
            '*',
            keys.map((key) => keyText(key, verifiedAt)),
          ),
        ]
      : []),
    ...(failure === null
      ? [listed('Not proven', '-', notProven), 'It holds.']
      : [
          listed('It does NOT hold. The first thing that fails, and nothing after it was looked at', '!', [
            `${failure.file}: ${failure.problem}`,
          ]),
        ]),
  ];
  return `${lines.join('\n\n')}\n`;
}

function keyText({ use, fingerprint, since, endsAt }: Verification['keys'][number], now: Instant): string {
  const until =
    endsAt === null ? 'still signs' : `${Date.parse(endsAt) > Date.parse(now) ? 'until' : 'ended'} ${endsAt}`;
  return `${use.padEnd('checkpoint'.length)} ${fingerprint} since ${since}, ${until}`;
}

/** One line that moves on a terminal; elsewhere nothing, because the report says it all. */
function progressOn({ interactive, err }: Terminal) {
  const clear = '\r\u001b[2K';
  let shown = 0;
  return {
    progress: (what: string, done?: number, of?: number) => {
      const now = Date.now();
      if (!interactive || (done !== undefined && done !== of && now - shown < 100)) return;
      shown = now;
      err(`${clear}Verifying ${what}${done === undefined ? '' : `: ${done} of ${of}`} …`);
    },
    end: () => {
      if (interactive) err(clear);
    },
  };
}
