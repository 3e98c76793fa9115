import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { fetchRound, parseRound, RoundUnreadable } from '../../collectors/clients/drand.ts';
import { resolveConnection } from '../../collectors/connection.ts';
import { plansOf } from '../../collectors/run.ts';
import { commitSample } from '../../collectors/sampling/commit.ts';
import { drawSample, requireDeclared, requireDue, requireUndrawn } from '../../collectors/sampling/draw.ts';
import { listIds } from '../../collectors/sampling/ids.ts';
import { nameOf, type SampleJob, type SampleTools, saltFor, sampleOf } from '../../collectors/sampling/job.ts';
import { readSamples, type Sample } from '../../ledger/samples/store.ts';
import { candorError, SampleSeed } from '../../schemas/index.ts';
import { sampleLine, sampleText } from '../../site/words/samples.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { type ValidContent, validContent } from '../content.ts';
import { finishCutOff, requireKeys, withLedger } from '../ledger.ts';
import { contentFolder } from '../place.ts';

const usage =
  'candor sample [commit SOURCE/COLLECTOR | draw NUMBER [--seed TEXT | --beacon FILE] [--void] | salt NUMBER | ids NUMBER]';

const options = Common.extend({
  seed: z
    .string()
    .optional()
    .meta({ description: 'For draw: the seed that the auditor handed over, as they wrote it.' }),
  beacon: z
    .string()
    .optional()
    .meta({ description: 'For draw: a file with the round of the beacon, as drand’s JSON.' }),
  void: z.boolean().default(false).meta({
    description: 'For draw: log that the population has changed, so that nothing can be drawn.',
  }),
});
type Options = z.infer<typeof options>;

export default defineCommand({
  summary: 'Audit samples: commits to a population, draws from it, and gives the auditor what they need; lists them.',
  words: '[commit SOURCE/COLLECTOR | draw NUMBER | salt NUMBER | ids NUMBER]',
  options,
  run: async (given, words, terminal) => {
    const folder = contentFolder(given.content, terminal);
    const [action, name, more] = words;
    if (action !== undefined && (name === undefined || more !== undefined || !isAction(action)))
      throw candorError('UsageInvalid', { problem: `\`sample ${words.join(' ')}\` means nothing.`, usage });
    if (action !== 'draw' && (given.seed !== undefined || given.beacon !== undefined || given.void))
      throw candorError('UsageInvalid', { problem: '--seed, --beacon and --void are for `sample draw`.', usage });
    await finishCutOff(folder);
    if (action === undefined || name === undefined) return list(folder, given, terminal);
    const valid = await validContent(folder, terminal);
    if (valid === undefined) return 2;
    return actions[action]({ folder, name, valid, options: given, terminal });
  },
});

type Run = { folder: string; name: string; valid: ValidContent; options: Options; terminal: Terminal };

const actions = { commit, draw, salt, ids } satisfies Record<string, (run: Run) => Promise<number>>;

function isAction(word: string): word is keyof typeof actions {
  return word in actions;
}

async function list(folder: string, { json }: Options, terminal: Terminal): Promise<number> {
  const samples = await readSamples(folder);
  const now = terminal.now().toISOString();
  if (json) terminal.out(`${JSON.stringify({ samples: samples.map(publicOf) }, null, 2)}\n`);
  else if (samples.length === 0)
    terminal.out('There is no sample yet; `candor sample commit SOURCE/COLLECTOR` makes one.\n');
  else terminal.out(samples.map((sample) => `${sampleLine(publicOf(sample), now)}\n`).join(''));
  return 0;
}

async function commit(run: Run): Promise<number> {
  const job = jobOf(run, run.name);
  const commitment = await commitSample(job, await toolsOf(run));
  return tell(run, { commitment, draw: null });
}

async function draw(run: Run): Promise<number> {
  const { folder, name, options: given, terminal } = run;
  const sample = sampleOf(await readSamples(folder), name);
  const { commitment } = sample;
  requireUndrawn(sample);
  requireDue(commitment, terminal.now());
  const job = jobOf(run, nameOf(commitment));
  const { seed } = requireDeclared(job, commitment);
  const relay = 'relay' in seed ? seed.relay : undefined;
  const drawn = await drawSample(
    job,
    sample,
    await seedOf(sample, given, relay, terminal),
    given.void,
    await toolsOf(run),
  );
  return tell(run, { commitment, draw: drawn });
}

async function salt(run: Run): Promise<number> {
  const { folder, name, options: given, terminal } = run;
  const { commitment } = sampleOf(await readSamples(folder), name);
  const hex = saltFor(commitment, await requireKeys(folder, terminal)).toString('hex');
  terminal.err(
    'For the auditor alone: with it, guesses of the ids of this sample can be confirmed. Others stay secret.\n',
  );
  terminal.out(given.json ? `${JSON.stringify({ number: commitment.number, salt: hex }, null, 2)}\n` : `${hex}\n`);
  return 0;
}

async function ids(run: Run): Promise<number> {
  const { folder, name, terminal } = run;
  const { commitment } = sampleOf(await readSamples(folder), name);
  const job = jobOf(run, nameOf(commitment));
  requireDeclared(job, commitment);
  terminal.err('For the auditor alone: the ids of the population as it is now, in the order of their key.\n');
  await listIds(job, terminal.out);
  return 0;
}

/** What is declared under a name. Throws SampleNotDrawn, EnvironmentMissing. */
function jobOf({ valid, terminal }: Run, name: string): SampleJob {
  const plans = plansOf({ ...valid, only: [] });
  const samplers = plans.filter(({ collector }) => collector.sample !== undefined);
  const plan = samplers.find(({ sourceId, collector }) => `${sourceId}/${collector.id}` === name);
  const sampler = plan?.collector.sample;
  if (plan === undefined || sampler === undefined)
    throw candorError('SampleNotDrawn', {
      name,
      samplers: samplers.map(({ sourceId, collector }) => `${sourceId}/${collector.id}`),
    });
  const { sourceId, source, collector, collection } = plan;
  const expect = collector.expect.safeParse(collection.expect);
  if (!expect.success) throw candorError('SampleDeclarationInvalid', { name });
  return {
    source: sourceId,
    collector: collector.id,
    environment: source.environment,
    sampler,
    context: {
      connection: resolveConnection(sourceId, source.connection, terminal.environment).values,
      expect: expect.data,
      allowIntrusive: source.allowIntrusive,
      signal: terminal.signal,
      progress: (message) => {
        if (terminal.interactive) terminal.err(`\r\u001b[2K  ${name}  ${message}`);
      },
    },
  };
}

async function toolsOf({ folder, valid, terminal }: Run): Promise<SampleTools> {
  const keys = await requireKeys(folder, terminal);
  return {
    keys,
    now: terminal.now,
    withLedger: (work) => withLedger(folder, valid.content, keys, terminal, work),
  };
}

/** The seed of a sample, from where its commitment says. Throws SampleSeedMissing, SampleSeedUnreadable, SampleSeedWrong. */
async function seedOf(
  { commitment: { number, seed } }: Sample,
  given: Options,
  relay: string | undefined,
  terminal: Terminal,
): Promise<SampleSeed> {
  if (seed.kind === 'auditor') {
    if (given.seed === undefined || given.beacon !== undefined)
      throw candorError('SampleSeedMissing', { number, from: 'auditor', round: 0 });
    const parsed = SampleSeed.safeParse({ kind: 'auditor', text: given.seed });
    if (!parsed.success)
      throw candorError('UsageInvalid', { problem: `--seed: ${parsed.error.issues[0]?.message}.`, usage });
    return parsed.data;
  }
  const { chain, round } = seed;
  if (given.seed !== undefined)
    throw candorError('SampleSeedWrong', { number, problem: `round ${round} of the beacon was named.` });
  const from = given.beacon ?? relay;
  if (from === undefined) throw candorError('SampleSeedMissing', { number, from: 'beacon', round });
  try {
    return given.beacon === undefined
      ? await fetchRound(from, chain, round, terminal.signal)
      : parseRound(await readFile(resolve(terminal.cwd, given.beacon), 'utf8').catch(unreadable));
  } catch (error) {
    if (!(error instanceof RoundUnreadable)) throw error;
    throw candorError('SampleSeedUnreadable', { from, problem: error.problem });
  }
}

function unreadable(): never {
  throw new RoundUnreadable('the file cannot be read');
}

type Public = { commitment: Sample['commitment']; draw: NonNullable<Sample['drawn']>['draw'] | null };

function publicOf({ commitment, drawn }: Sample): Public {
  return { commitment, draw: drawn?.draw ?? null };
}

function tell({ options: { json }, terminal }: Run, sample: Public): number {
  if (terminal.interactive) terminal.err('\r\u001b[2K');
  terminal.out(json ? `${JSON.stringify(sample, null, 2)}\n` : sampleText(sample));
  return 0;
}
