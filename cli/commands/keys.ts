import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ChainedKey, fingerprintOf, keyFileName } from '../../ledger/keys/chain.ts';
import { createKeyFile } from '../../ledger/keys/key-file.ts';
import { makeKeys, type PrivateKeys, parseKeys, privateKeys, readKeyFile } from '../../ledger/keys/private.ts';
import { rotateKeys } from '../../ledger/keys/rotate.ts';
import { verifierKey } from '../../ledger/log/note.ts';
import { readLog } from '../../ledger/reader.ts';
import { refuseOrphans, signableLog } from '../../ledger/writer.ts';
import { loadContent } from '../../loader/load.ts';
import { after } from '../../posture/time.ts';
import { candorError, type Digest, Duration, type Instant, KeyUse } from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { validContent } from '../content.ts';
import { makeSeal } from '../keys/seal.ts';
import { makeTriager } from '../keys/triager.ts';
import { finishCutOff, ledgerOptions, withLedger } from '../ledger.ts';
import { contentFolder } from '../place.ts';

const usage = 'candor keys [make FILE | rotate [FILE] [--overlap 30d] | seal FILE | triager FILE]';

/** One key by its public half. */
type Fingerprint = { use: KeyUse; fingerprint: Digest };
/** What was asked for, as JSON and as text. */
type Answer = { json: object; text: string };

export default defineCommand({
  summary:
    'Prints the public keys of the log; makes keys, lets new ones take over; makes the seal of agreements, and the identity of a triager.',
  words: '[make FILE | rotate [FILE] | seal FILE | triager FILE]',
  options: Common.extend({
    overlap: Duration.default('30d').meta({
      description: 'rotate: how long the old keys may sign too, for example 30d (the default).',
    }),
  }),
  run: async (options, [action, file, more], terminal) => {
    const folder = contentFolder(options.content, terminal);
    if (more !== undefined) throw candorError('UsageInvalid', { problem: `\`${more}\` is one word too many.`, usage });
    const answer = await answerTo(action, file, folder, options.overlap, terminal);
    if (answer === undefined) return 2;
    terminal.out(options.json ? `${JSON.stringify(answer.json, null, 2)}\n` : answer.text);
    return 0;
  },
});

async function answerTo(
  action: string | undefined,
  file: string | undefined,
  folder: string,
  overlap: Duration,
  terminal: Terminal,
): Promise<Answer | undefined> {
  switch (action) {
    case undefined:
      return print(folder, terminal);
    case 'make':
      return make(toMake(file, terminal), folder);
    case 'seal':
      return makeSeal(toMake(file, terminal), folder, terminal);
    case 'triager':
      return makeTriager(toMake(file, terminal), folder, terminal);
    case 'rotate':
      return rotate(file, folder, overlap, terminal);
    default:
      throw candorError('UsageInvalid', { problem: `\`keys\` cannot \`${action}\`.`, usage });
  }
}

function toMake(file: string | undefined, { cwd }: Terminal): string {
  if (file === undefined)
    throw candorError('UsageInvalid', { problem: 'name the file to make, outside the repository.', usage });
  return resolve(cwd, file);
}

/** The public halves, as they are published, and which private halves are at hand. */
async function print(folder: string, terminal: Terminal): Promise<Answer> {
  const { environment } = terminal;
  const privateHalves = await privateKeys(environment, folder);
  const atHand = fingerprints(privateHalves);
  await finishCutOff(folder);
  const log = await readLog(folder);
  if (log === undefined) {
    await refuseLostLog(folder, privateHalves, terminal);
    const text =
      atHand.length === 0
        ? 'There is no log yet, and there are no keys at hand; `candor keys make FILE` makes them.\n'
        : `There is no log yet; it begins with the first \`candor collect\`, signed by\n\n${lines(atHand)}`;
    return { json: { origin: null, keys: [], atHand }, text };
  }
  const { origin } = log.checkpoint;
  const keys = log.chain.map((key) => published(key, atHand));
  const foreign = atHand.filter((key) => !keys.some(({ fingerprint }) => fingerprint === key.fingerprint));
  const others =
    foreign.length === 0 ? '' : `\nAt hand, but not of this log; it cannot be continued with\n\n${lines(foreign)}`;
  return { json: { origin, keys, atHand }, text: `The log ${origin}\n\n${keys.map(paragraph).join('\n')}${others}` };
}

/** Throws LedgerBehind when a log of these keys was signed before, LedgerMissing when records of one lie there. */
async function refuseLostLog(folder: string, keys: PrivateKeys | undefined, terminal: Terminal): Promise<void> {
  const { content } = await loadContent(folder);
  if (keys !== undefined && content !== undefined)
    await signableLog({ ...ledgerOptions(folder, content, keys, terminal), published: undefined });
  await refuseOrphans(folder);
}

/** A key of the log with all that somebody needs who wants to check its signatures. */
function published({ entry, publicKey, endsAt }: ChainedKey, atHand: readonly Fingerprint[]) {
  const { use, fingerprint, at, origin } = entry;
  return {
    use,
    fingerprint,
    since: at,
    validUntil: endsAt,
    path: `/keys/${keyFileName(entry)}.pem`,
    verifierKey: use === 'checkpoint' ? verifierKey({ name: origin, publicKey }) : null,
    atHand: atHand.some((key) => key.fingerprint === fingerprint),
  };
}

function paragraph({ use, fingerprint, since, validUntil, path, verifierKey, atHand }: ReturnType<typeof published>) {
  const rows = [
    ['fingerprint', fingerprint],
    ['since', since],
    ...(validUntil === null ? [] : [['until', `${validUntil}, for another key has taken over`]]),
    ['published', path],
    ...(verifierKey === null ? [] : [['for Go', verifierKey]]),
    ['private half', atHand ? 'at hand' : 'not at hand'],
  ];
  return `${use}\n${rows.map(([name = '', value]) => `  ${name.padEnd(13)} ${value}\n`).join('')}`;
}

async function make(file: string, folder: string): Promise<Answer> {
  const pem = makeKeys();
  await createKeyFile(file, pem, folder);
  const keys = fingerprints(parseKeys(pem));
  return {
    json: { file, keys },
    text: `Made ${file}, which only you can read. Keep a copy in a safe place: a lost key cannot be made again.

${lines(keys)}
Here:   export CANDOR_KEYS_FILE=${quoted(file)}
In CI:  a secret CANDOR_KEYS that holds the text of the file: gh secret set CANDOR_KEYS < ${quoted(file)}
`,
  };
}

async function rotate(
  word: string | undefined,
  folder: string,
  overlap: Duration,
  terminal: Terminal,
): Promise<Answer | undefined> {
  const { file, pem, onDisk } = await keysUntilNow(word, folder, terminal);
  const valid = await validContent(folder, terminal);
  if (valid === undefined) return undefined;
  await finishCutOff(folder);
  if ((await readLog(folder)) === undefined)
    throw candorError('UsageInvalid', { problem: 'there is no log yet whose keys could be rotated.', usage });
  return withLedger(folder, valid.content, parseKeys(pem), terminal, async (ledger) => {
    const endsAt = after(ledger.now(), overlap);
    const entries = await rotateKeys(ledger, { file, pem, onDisk }, endsAt);
    const keys = entries.map(({ use, fingerprint, handOver }) => ({
      use,
      fingerprint,
      old: handOver?.fingerprint ?? null,
    }));
    return { json: { file, endsAt, keys }, text: handedOver(file, endsAt, keys) };
  });
}

/** Where the keys lie, or shall lie from now on, and their text. Throws UsageInvalid, KeysMissing, KeysExposed, KeysInvalid. */
async function keysUntilNow(word: string | undefined, folder: string, { environment, cwd }: Terminal) {
  const { CANDOR_KEYS: secret, CANDOR_KEYS_FILE: current } = environment;
  if (word === undefined && secret)
    throw candorError('UsageInvalid', {
      problem: 'the keys come from CANDOR_KEYS, so name a file to write them and the new ones to.',
      usage,
    });
  const named = word ?? current;
  if (!named) throw candorError('KeysMissing', {});
  const file = resolve(cwd, named);
  if (existsSync(file)) return { file, pem: await readKeyFile(file, folder), onDisk: true };
  const pem = secret || (current ? await readKeyFile(resolve(cwd, current), folder) : undefined);
  if (pem === undefined) throw candorError('KeysMissing', {});
  return { file, pem, onDisk: false };
}

function handedOver(file: string, endsAt: Instant, keys: readonly (Fingerprint & { old: Digest | null })[]): string {
  const rows = keys.map(({ use, fingerprint, old }) => `${use}\n  old  ${old}\n  new  ${fingerprint}\n`);
  return `The log has new keys; ${file} holds them and the old ones.

${rows.join('')}
The old ones may sign too until ${endsAt}. Before that, put the new file wherever the log is written:

Here:   export CANDOR_KEYS_FILE=${quoted(file)}
In CI:  gh secret set CANDOR_KEYS < ${quoted(file)}

Then commit content/ledger/, which says who took over.
`;
}

function fingerprints(keys: PrivateKeys | undefined): Fingerprint[] {
  if (keys === undefined) return [];
  return KeyUse.options.flatMap((use) =>
    keys[use].map((key) => ({ use, fingerprint: fingerprintOf(createPublicKey(key)) })),
  );
}

function lines(keys: readonly Fingerprint[]): string {
  return keys.map(({ use, fingerprint }) => `  ${use.padEnd(10)}  ${fingerprint}\n`).join('');
}

/** A path as a shell reads it. */
function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
