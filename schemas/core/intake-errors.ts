import { define } from './error-definition.ts';

/** The errors of intake: its database, and what visitors send in. */
export const intakeErrors = {
  StoreUnreachable: define<{ problem: string }>({
    exit: 3,
    why: 'Nothing is accepted that could not be kept.',
    example: { problem: 'ECONNREFUSED' },
    text: ({ problem }) => ({
      what: `the database of intake could not be opened: ${problem}.`,
      hint: 'look at DATABASE_URL, and whether its user may create tables; without DATABASE_URL a folder is used.',
    }),
  }),
  StoreBusy: define<{ pid: number | undefined }>({
    exit: 3,
    why: 'A folder is opened by one process at a time; two would destroy what is in it.',
    example: { pid: 4321 },
    text: ({ pid }) => ({
      what: `the folder of intake is in use by ${pid === undefined ? 'another process' : `process ${pid}`}.`,
      hint: 'end that process first, or set DATABASE_URL: a PostgreSQL server is used by any number at once.',
    }),
  }),
  MailUnset: define<{ url: string }>({
    exit: 2,
    why: 'Whoever makes a request must hear of it; only on this machine letters may be written into a folder.',
    example: { url: 'https://trust.larkspur.example' },
    text: ({ url }) => ({
      what: `the forms at ${url} have no mail server.`,
      hint: 'set CANDOR_SMTP, for example smtps://user:password@mail.example; to try the forms here, add --url http://localhost:4321.',
    }),
  }),
  TransitionRefused: define<{ id: string; from: string; to: string }>({
    exit: 1,
    why: 'What happens to a request follows a fixed plan; somebody else may also have changed it meanwhile.',
    example: { id: 'dpa-4f1s9k2m', from: 'declined', to: 'offered' },
    text: ({ id, from, to }) => ({
      what: `\`${id}\` is ${from}, and cannot become ${to}.`,
      hint: 'look at it again: somebody may have decided it a moment ago.',
    }),
  }),
} as const;
