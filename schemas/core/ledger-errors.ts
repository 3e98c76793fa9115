import { define } from './error-definition.ts';

/** The errors of the ledger: keys, the log, releases and verification. */
export const ledgerErrors = {
  KeysMissing: define<Record<string, never>>({
    exit: 2,
    why: 'Evidence that nobody signed proves nothing, so nothing is recorded without keys.',
    example: {},
    text: () => ({
      what: 'there are no keys to sign with: neither CANDOR_KEYS nor CANDOR_KEYS_FILE is set.',
      hint: '`candor keys make FILE` makes them, in a file outside the repository; then set CANDOR_KEYS_FILE=FILE.',
    }),
  }),
  KeysInvalid: define<{ problem: string }>({
    exit: 2,
    why: 'A log has an Ed25519 key for checkpoints and a P-256 key for statements, as PEM (PKCS #8).',
    example: { problem: 'there is no P-256 key for statements' },
    text: ({ problem }) => ({
      what: `these keys cannot be used: ${problem}.`,
      hint: 'use the whole file that `candor keys make` once made for this log; only a log that has not begun takes a new one.',
    }),
  }),
  KeysUnreadable: define<{ file: string; problem: string }>({
    exit: 2,
    why: 'A log is continued by its own keys, so a file that cannot be read is not replaced by another one.',
    example: { file: '/home/ada/trust-keys.pem', problem: 'ENOENT' },
    text: ({ file, problem }) => ({
      what: `the keys in ${file} cannot be read (${problem}).`,
      hint: 'check the path in CANDOR_KEYS_FILE, and whether this user may read it; only a log that has not begun takes new keys, from `candor keys make FILE`.',
    }),
  }),
  KeysExposed: define<{ file: string; problem: string; fix: string }>({
    exit: 2,
    why: 'Whoever has the private keys can sign anything in the company’s name.',
    example: {
      file: 'content/keys.pem',
      problem: 'it lies in the repository, from where it would be published',
      fix: 'move it out of the repository',
    },
    text: ({ file, problem, fix }) => ({
      what: `${file} does not keep the private keys safe: ${problem}.`,
      hint: `${fix}.`,
    }),
  }),
  KeysExist: define<{ file: string }>({
    exit: 2,
    why: 'Keys that are overwritten are lost, and the log with them.',
    example: { file: '/home/ada/trust-keys.pem' },
    text: ({ file }) => ({
      what: `there is already a file ${file}.`,
      hint: 'choose another; `candor keys rotate FILE` adds new keys to it.',
    }),
  }),
  KeysNotWritten: define<{ file: string; problem: string }>({
    exit: 3,
    why: 'Keys count only once they are safe on disk: a log whose private keys are lost cannot be continued.',
    example: { file: '/home/ada/trust-keys.pem', problem: 'EACCES' },
    text: ({ file, problem }) => ({
      what: `the keys could not be written to ${file} (${problem}); nothing else was changed.`,
      hint: 'choose a place that this user may write to.',
    }),
  }),
  KeysUnknown: define<{ use: string; fingerprint: string }>({
    exit: 2,
    why: 'A log is continued by the keys that it names; new ones take over by `candor keys rotate`.',
    example: { use: 'checkpoint', fingerprint: 'c0ffee' },
    text: ({ use, fingerprint }) => ({
      what: `the private half of the log’s ${use} key is not among these keys; its fingerprint is ${fingerprint}.`,
      hint: 'set CANDOR_KEYS_FILE to the file that holds it (CANDOR_KEYS, when set, counts first). Is the key lost? Move content/ledger/ and content/evidence/ aside, unset CANDOR_PUBLISHED until the page is published anew, begin a new log with new keys, and say so in an update.',
    }),
  }),
  LedgerDamaged: define<{ file: string; problem: string; fix?: string }>({
    exit: 3,
    why: 'On a log that does not match its signed checkpoint nothing can be built.',
    example: { file: 'ledger/log/checkpoint', problem: 'its signature is wrong.' },
    text: ({ file, problem, fix }) => ({
      what: `the log cannot be trusted: ${file}: ${problem}`,
      hint: fix ?? 'restore content/ledger/ and content/evidence/ together from version control.',
    }),
  }),
  LedgerMissing: define<{ count: number }>({
    exit: 3,
    why: 'A new log would not know the records that the old one signed; they would count for nothing, without a word.',
    example: { count: 4 },
    text: ({ count }) => ({
      what: `content/evidence/ holds ${count === 1 ? '1 record' : `${count} records`}, but the log that signed ${count === 1 ? 'it' : 'them'} is not there.`,
      hint: 'restore content/ledger/ from version control, or with `candor verify URL --save DIR`; is it lost for good? Move content/evidence/ aside, begin a new log with new keys, and say so in an update.',
    }),
  }),
  LedgerOtherOrigin: define<{ origin: string; found: string }>({
    exit: 2,
    why: 'The name of a log is signed with each checkpoint; another name would be another log.',
    example: { origin: 'trust.quill.example/log', found: 'security.quill.example/log' },
    text: ({ origin, found }) => ({
      what: `this is the log \`${found}\`, but organization.yaml says that the page is \`${origin}\`.`,
      hint: 'set `trustUrl` back; or move content/ledger/ and content/evidence/ aside and begin a new log.',
    }),
  }),
  LedgerBehind: define<{ size: number; known: number; from: string }>({
    exit: 3,
    why: 'To sign over an older copy would give the log two histories: a fork that every visitor can prove.',
    example: { size: 40, known: 44, from: 'https://trust.quill.example/log/checkpoint' },
    text: ({ size, known, from }) => ({
      what: `this is an older copy of the log: it has ${size} entries, but ${known} were signed before (${from}).`,
      hint: 'get the newest content/ledger/ and content/evidence/ together: `git pull`, or `candor verify URL --save content`. Is there none any more? Move both aside, begin a new log with new keys, and say so in an update.',
    }),
  }),
  LedgerForked: define<{ size: number; from: string }>({
    exit: 3,
    why: 'A log may only grow. Whoever saw the other history can prove that this one was rewritten.',
    example: { size: 44, from: 'https://trust.quill.example/log/checkpoint' },
    text: ({ size, from }) => ({
      what: `this log has another history than the one that was signed before: its first ${size} entries differ (${from}).`,
      hint: 'keep this copy aside, and get the published one: `git pull`, or `candor verify URL --save content`.',
    }),
  }),
  LedgerNotWritten: define<{ problem: string }>({
    exit: 3,
    why: 'A change counts wholly or not at all.',
    example: { problem: 'ENOSPC' },
    text: ({ problem }) => ({
      what: `the ledger could not be written (${problem}); nothing is torn, and what was recorded before still counts.`,
      hint: 'make room, or allow this user to write to the content folder, and run it again.',
    }),
  }),
  LedgerUnfinished: define<{ folder: string }>({
    exit: 3,
    why: 'A writer was cut off after its changes began to count; half of them cannot be read as either state.',
    example: { folder: 'content' },
    text: ({ folder }) => ({
      what: `a change to ${folder} was cut off in the middle, and this command cannot finish it.`,
      hint: 'run `candor keys` with write access to the folder: any command that writes finishes it first.',
    }),
  }),
  LedgerClockBehind: define<{ at: string; newest: string }>({
    exit: 3,
    why: 'The times of the log only go forward, so that nothing can be dated back.',
    example: { at: '2026-11-03T09:00:00.000Z', newest: '2026-11-04T09:00:00.000Z' },
    text: ({ at, newest }) => ({
      what: `the clock says ${at}, but the newest entry of the log is from ${newest}.`,
      hint: 'set this machine’s clock right.',
    }),
  }),
  PublishedUnreadable: define<{ url: string; problem: string }>({
    exit: 3,
    why: 'The published log is compared before anything is signed, so that an older copy cannot fork it.',
    example: { url: 'https://trust.quill.example/log/checkpoint', problem: 'no answer' },
    text: ({ url, problem }) => ({
      what: `the published checkpoint ${url} cannot be compared: ${problem}.`,
      hint: 'check the address in CANDOR_PUBLISHED, and try again. Is this a new log, with new keys? Then unset CANDOR_PUBLISHED until its page is published.',
    }),
  }),
  ReleaseUnknown: define<{ number: string; newest: number }>({
    exit: 2,
    why: 'Versions are numbered from 1 without gaps.',
    example: { number: '9', newest: 4 },
    text: ({ number, newest }) => ({
      what: `there is no version ${number}.`,
      hint: newest === 0 ? '`candor release` makes the first.' : `there are versions 1 to ${newest}.`,
    }),
  }),
  VerificationFailed: define<{
    file: string;
    problem: string;
    kind: 'changed' | 'expired' | 'fingerprint' | 'unsigned';
    isFolder: boolean;
  }>({
    exit: 1,
    why: 'The first thing that does not hold ends the proof; what comes after it rests on it.',
    example: {
      file: 'evidence/app-db/postgres-row-security.json',
      problem: 'it is not the file that the manifest names; it was changed.',
      kind: 'changed',
      isFolder: false,
    },
    text: ({ file, problem, kind, isFolder }) => ({
      what: `${file}: ${problem}`,
      hint: {
        // Only what is served can change while it is read.
        changed: isFolder
          ? 'build it anew, or get it anew from where it is published; `candor verify URL --save DIR` saves what was logged, proven. If it stays so, rely on nothing in it until it is explained.'
          : 'try again in a minute, it may just be changing; if it stays so, tell the company, and rely on nothing here until it is explained.',
        expired:
          'look at the page’s own address. If that has expired too, ask the company; if it is yours, build it anew.',
        fingerprint:
          'compare yours, digit by digit, with the keys in the report. If it is right, ask the company by another way, such as a call, which keys are theirs; until then rely on nothing here.',
        unsigned: 'check the address or folder: it is the one in which the page’s own `trust.json` lies.',
      }[kind],
    }),
  }),
  SaveNotEmpty: define<{ folder: string }>({
    exit: 2,
    why: 'Two copies of a log must not be mixed.',
    example: { folder: 'content/ledger' },
    text: ({ folder }) => ({
      what: `${folder} is there already; nothing was saved.`,
      hint: 'move it aside first.',
    }),
  }),
  VerificationUnreachable: define<{ address: string; problem: string }>({
    exit: 3,
    why: 'What cannot be fetched is neither proven nor disproven.',
    example: {
      address: 'https://trust.quill.example/manifest.json',
      problem: 'the connection was refused: nothing listens there (ECONNREFUSED)',
    },
    text: ({ address, problem }) => ({
      what: `${address} cannot be read: ${problem}.`,
      hint: /^https?:/i.test(address)
        ? 'check the address and the network, and try again.'
        : 'name the folder of a built page, such as `dist`, or the address of one.',
    }),
  }),
};
