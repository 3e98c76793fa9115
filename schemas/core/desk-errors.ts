import { define } from './error-definition.ts';

/** The errors of those who look after reports of vulnerabilities. */
export const deskErrors = {
  ReportUnknown: define<{ id: string }>({
    exit: 1,
    why: 'Only a report that is there, and that one may see, can be looked at. Guests see what was shared with them.',
    example: { id: 'vulnerability-report-4f1s9k2m8q0c3w7e' },
    text: ({ id }) => ({
      what: `there is no report \`${id}\`.`,
      hint: '`candor inbox reports` lists those that are open.',
    }),
  }),
  ReportChanged: define<{ id: string; state: string }>({
    exit: 1,
    why: 'What is decided must be what was looked at.',
    example: { id: 'vulnerability-report-4f1s9k2m8q0c3w7e', state: 'triaged' },
    text: ({ id, state }) => ({
      what: `\`${id}\` changed since it was looked at; it is ${state} now.`,
      hint: 'look at it again, and decide then.',
    }),
  }),
  ReportDuplicateRefused: define<{ id: string; of: string; problem: string }>({
    exit: 1,
    why: 'A duplicate points to the report that is worked on, so that nobody follows a circle.',
    example: {
      id: 'vulnerability-report-4f1s9k2m8q0c3w7e',
      of: 'vulnerability-report-4f1s9k2m8q0c3w7e',
      problem: 'it is the same report',
    },
    text: ({ id, of, problem }) => ({
      what: `\`${id}\` cannot be a duplicate of \`${of}\`: ${problem}.`,
      hint: 'name the report that is worked on.',
    }),
  }),
  ReportMessageRefused: define<{ id: string; problem: string }>({
    exit: 1,
    why: 'What is written in a case is kept as an age message that the whole team can open, or not at all.',
    example: { id: 'vulnerability-report-4f1s9k2m8q0c3w7e', problem: 'it has fewer recipients than the team' },
    text: ({ id, problem }) => ({
      what: `nothing was written to \`${id}\`: ${problem}.`,
      hint: 'encrypt it to all recipients of disclosure.yaml and to whoever is to read it.',
    }),
  }),
  ReportNotReadable: define<{ id: string; positions: readonly number[] }>({
    exit: 1,
    why: 'A message opens with the identities that it was encrypted to, and with no other.',
    example: { id: 'vulnerability-report-4f1s9k2m8q0c3w7e', positions: [1] },
    text: ({ id, positions }) => ({
      what: `the identity does not open ${positions.length === 1 ? 'message' : 'messages'} ${positions.join(', ')} of \`${id}\`.`,
      hint: 'ask another triager; when nobody can open the report, `candor inbox reports ask ID` asks the reporter for it again.',
    }),
  }),
  ReportNotWritten: define<{ file: string; problem: string }>({
    exit: 1,
    why: 'What is decrypted is written into new files alone, so that nothing that was there is lost.',
    example: { file: 'export/1-1-proof.png', problem: 'it is there already' },
    text: ({ file, problem }) => ({
      what: `${file} was not written: ${problem}.`,
      hint: 'name another folder with --out.',
    }),
  }),
  IdentityMissing: define<{ file: string; problem: string }>({
    exit: 2,
    why: 'What is encrypted is decrypted on the machine of whoever reads it, with a key that no server holds.',
    example: { file: 'triager.key', problem: 'there is no such file' },
    text: ({ file, problem }) => ({
      what: `there is no identity in ${file}: ${problem}.`,
      hint: 'name the file with --identity or CANDOR_IDENTITY_FILE; `candor keys triager FILE` makes one.',
    }),
  }),
  RecipientsMissing: define<Record<string, never>>({
    exit: 1,
    why: 'What is written about a report is encrypted to the team; without recipients nobody could read it.',
    example: {},
    text: () => ({
      what: 'disclosure.yaml names no recipients.',
      hint: 'make two identities with `candor keys triager FILE`, and put what it prints under `recipients`.',
    }),
  }),
  GuestRefused: define<{ account: string; problem: string }>({
    exit: 1,
    why: 'A case is shared with an account that can see nothing else.',
    example: { account: 'grace', problem: 'its role is responder' },
    text: ({ account, problem }) => ({
      what: `the case cannot be shared with \`${account}\`: ${problem}.`,
      hint: '`candor inbox add ID --role guest` makes an account for a guest; its age recipients, age1pq1…, are given when a case is first shared with it.',
    }),
  }),
  DutyRefused: define<{ id: string; regime: string; problem: string }>({
    exit: 1,
    why: 'The clocks of a law begin once, by a recorded decision of a person, and each step is done once.',
    example: { id: 'vulnerability-report-4f1s9k2m8q0c3w7e', regime: 'cra', problem: 'its clocks run already' },
    text: ({ id, regime, problem }) => ({
      what: `the clocks of ${regime} for \`${id}\` stay as they are: ${problem}.`,
      hint: '`candor inbox reports show ID` says what runs, and since when.',
    }),
  }),
} as const;
