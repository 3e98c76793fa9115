import { define } from './error-definition.ts';

/** The errors of audit samples: commitment, draw, and what is handed to the auditor. */
export const sampleErrors = {
  SampleNotDrawn: define<{ name: string; samplers: readonly string[] }>({
    exit: 2,
    why: 'Samples are drawn from what a source declares for a collector that can draw.',
    example: { name: 'app-db/postgres-row-security', samplers: ['app-db/postgres-sample'] },
    text: ({ name, samplers }) => ({
      what: `\`${name}\` names nothing that samples are drawn from.`,
      hint:
        samplers.length === 0
          ? 'declare one: `candor docs postgres-sample` says how.'
          : `these are declared: ${samplers.join(', ')}.`,
    }),
  }),
  SampleDeclarationInvalid: define<{ name: string }>({
    exit: 2,
    why: 'What is committed to is what is declared, so the declaration must hold.',
    example: { name: 'app-db/postgres-sample' },
    text: ({ name }) => ({
      what: `what ${name} declares is not valid.`,
      hint: '`candor check` says where.',
    }),
  }),
  SampleWindowOpen: define<{ name: string; until: string }>({
    exit: 1,
    why: 'A period that has not ended still gains items: its population would be another one at the draw.',
    example: { name: 'app-db/postgres-sample', until: '2026-10-01T00:00:00.000Z' },
    text: ({ name, until }) => ({
      what: `the period of ${name} has not ended: it runs until ${until}.`,
      hint: 'commit after that, or declare a period that is over.',
    }),
  }),
  SamplePopulationEmpty: define<{ name: string }>({
    exit: 1,
    why: 'Nothing can be drawn from nothing, and nothing follows from it.',
    example: { name: 'app-db/postgres-sample' },
    text: ({ name }) => ({
      what: `the population of ${name} is empty; nothing was committed to.`,
      hint: 'look at its period and filters.',
    }),
  }),
  SampleUnreadable: define<{ name: string; problem: string }>({
    exit: 3,
    why: 'A population that cannot be read whole can be neither committed to nor drawn from.',
    example: { name: 'app-db/postgres-sample', problem: 'The password was refused, or the login does not exist.' },
    text: ({ name, problem }) => ({
      what: `the population of ${name} could not be read; nothing was logged. ${problem}`,
      hint: '`candor doctor` tries the connection and its rights.',
    }),
  }),
  SampleUnknown: define<{ number: string; newest: number }>({
    exit: 2,
    why: 'Samples are numbered from 1 without gaps.',
    example: { number: '9', newest: 4 },
    text: ({ number, newest }) => ({
      what: `there is no sample ${number}.`,
      hint:
        newest === 0 ? '`candor sample commit SOURCE/COLLECTOR` makes the first.' : `there are samples 1 to ${newest}.`,
    }),
  }),
  SampleDrawnBefore: define<{ number: number; at: string }>({
    exit: 1,
    why: 'A sample that could be drawn again with another seed could be drawn until it looks good.',
    example: { number: 3, at: '2026-11-03T09:00:00.000Z' },
    text: ({ number, at }) => ({
      what: `sample ${number} was drawn at ${at}, and a sample is drawn once.`,
      hint: 'its result is in the log for good; a new commitment would be shown as a further attempt.',
    }),
  }),
  SampleDeclarationChanged: define<{ number: number; name: string }>({
    exit: 1,
    why: 'What is drawn from and tested for was fixed by the commitment, before anybody knew what would be drawn.',
    example: { number: 3, name: 'app-db/postgres-sample' },
    text: ({ number, name }) => ({
      what: `what ${name} declares is not what sample ${number} was committed to with.`,
      hint: 'put the declaration back as it was (version control has it), draw, and change it afterwards.',
    }),
  }),
  SampleSeedNotDue: define<{ number: number; round: number; at: string }>({
    exit: 1,
    why: 'The round was named because it had no value yet.',
    example: { number: 3, round: 35_000_000, at: '2026-11-03T10:00:00.000Z' },
    text: ({ number, round, at }) => ({
      what: `sample ${number} waits for round ${round} of the beacon, which is due at ${at}.`,
      hint: 'draw it after that.',
    }),
  }),
  SampleSeedWrong: define<{ number: number; problem: string }>({
    exit: 1,
    why: 'Only the seed that was named before it existed keeps anybody from choosing what is drawn.',
    example: { number: 3, problem: 'it is round 1000, and round 35000000 was named.' },
    text: ({ number, problem }) => ({
      what: `this is not the seed of sample ${number}: ${problem}`,
      hint: 'nothing was drawn; get the seed that the commitment names.',
    }),
  }),
  SampleSeedMissing: define<{ number: number; from: 'beacon' | 'auditor'; round: number }>({
    exit: 2,
    why: 'No request goes to a host that nobody named.',
    example: { number: 3, from: 'beacon', round: 35_000_000 },
    text: ({ number, from, round }) => ({
      what:
        from === 'beacon'
          ? `sample ${number} needs round ${round} of the beacon, and no relay is named to ask for it.`
          : `sample ${number} needs the seed that the auditor hands over.`,
      hint:
        from === 'beacon'
          ? 'name one as `relay` beside `beacon: quicknet`, or give the round as a file: --beacon FILE.'
          : 'give it as they wrote it: --seed TEXT.',
    }),
  }),
  SampleSeedUnreadable: define<{ from: string; problem: string }>({
    exit: 3,
    why: 'Without its seed a sample is not drawn; it stays due.',
    example: { from: 'https://api.drand.sh', problem: 'there is no answer in time' },
    text: ({ from, problem }) => ({
      what: `the round of the beacon could not be had from ${from}: ${problem}.`,
      hint: 'try again, or give the round as a file from any other relay: --beacon FILE. Its signature is checked.',
    }),
  }),
  SamplePopulationChanged: define<{ number: number; name: string; count: number; now: number }>({
    exit: 1,
    why: 'A sample of another population than the one that was committed to proves nothing about either.',
    example: { number: 3, name: 'app-db/postgres-sample', count: 48_211, now: 48_210 },
    text: ({ number, name, count, now }) => ({
      what: `the population of ${name} is not the one that sample ${number} was committed to: ${
        count === now
          ? `it has the same ${count} items, but not the same ids in the same order`
          : `it had ${count} items, and has ${now}`
      }. Nothing was drawn.`,
      hint: 'find out what was added, removed or renamed, and put it back if it was a mistake; else `candor sample draw` with --void logs that it changed, for everybody to see.',
    }),
  }),
  SampleNotVoid: define<{ number: number }>({
    exit: 1,
    why: 'A sample that can be drawn is drawn: giving it up would be a way to choose.',
    example: { number: 3 },
    text: ({ number }) => ({
      what: `the population of sample ${number} is just as it was, so it cannot be given up.`,
      hint: 'draw it, without --void.',
    }),
  }),
  SampleRefused: define<{ number: number; flaw: string }>({
    exit: 1,
    why: 'What is logged stays, and `candor verify` would refuse the whole log for one entry that cannot be true.',
    example: { number: 3, flaw: 'sample 3 was made before it was read.' },
    text: ({ number, flaw }) => ({
      what: `sample ${number} was not logged, because nobody would accept it: ${flaw}`,
      hint: 'was the clock of this machine set back meanwhile? Look at it, and try again.',
    }),
  }),
  SampleSaltLost: define<{ number: number; fingerprint: string }>({
    exit: 2,
    why: 'The salt of a sample is derived from the private key that signed when it was committed to.',
    example: { number: 3, fingerprint: 'c0ffee' },
    text: ({ number, fingerprint }) => ({
      what: `the salt of sample ${number} comes from the statement key ${fingerprint}, which is not among these keys.`,
      hint: 'point CANDOR_KEYS_FILE at a file that still holds it: `candor keys rotate` adds keys and takes none away.',
    }),
  }),
};
