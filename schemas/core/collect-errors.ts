import { define } from './error-definition.ts';

/** The errors of collecting: connections, records, and who else is writing. */
export const collectErrors = {
  EnvironmentMissing: define<{ variable: string; source: string }>({
    exit: 3,
    why: 'Secrets come only from the environment.',
    example: { variable: 'DATABASE_URL', source: 'app-db' },
    text: ({ variable, source }) => ({
      what: `the environment variable ${variable} is not set; the source \`${source}\` needs it.`,
      hint: `set ${variable} where this command runs, or as a secret of the workflow.`,
    }),
  }),
  EvidenceDamaged: define<{ problem: string }>({
    exit: 3,
    why: 'A record that does not match its digest, its schema or the signed log was changed or cut off; it proves nothing.',
    example: { problem: 'its digest does not match.' },
    text: ({ problem }) => ({
      what: `this evidence record cannot be trusted: ${problem}`,
      hint: 'restore it and the files beside it (.tlog-proof, .sigstore.json, .heartbeat.*) from version control, or with `candor verify URL --save DIR`; or move them all away and collect anew: the log keeps what was there before.',
    }),
  }),
  CollectBusy: define<{ pid: number }>({
    exit: 3,
    why: 'Two writers would each lose the other’s history.',
    example: { pid: 4711 },
    text: ({ pid }) => ({
      what: `another candor is writing to this content folder (process ${pid}).`,
      hint: 'wait until it has ended.',
    }),
  }),
};
