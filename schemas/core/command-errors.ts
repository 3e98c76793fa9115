import { define, near } from './error-definition.ts';

/** The errors of a command line that is not understood. */
export const usageErrors = {
  UsageUnknownCommand: define<{ command: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'Nothing is done for a command that is not known.',
    example: { command: 'chekc', suggestion: 'check' },
    text: ({ command, suggestion }) => ({
      what: `there is no command \`${command}\`.`,
      hint: near(suggestion, '`candor help` lists the commands.'),
    }),
  }),
  UsageInvalid: define<{ problem: string; usage: string }>({
    exit: 2,
    why: 'Nothing is done for options that are not understood.',
    example: { problem: 'there is no option --jsn.', usage: 'candor check [--json]' },
    text: ({ problem, usage }) => ({ what: problem, hint: `usage: ${usage}` }),
  }),
};

/** The errors of what commands find around them: a folder, a port, a site, the demo. */
export const commandErrors = {
  CollectorInvalid: define<{ collector: string; problem: string }>({
    exit: 2,
    why: 'Each folder of collectors/ holds one collector whose id is the folder’s name.',
    example: { collector: 'own-check', problem: 'no default export.' },
    text: ({ collector, problem }) => ({
      what: `the collector in the folder \`${collector}\` cannot be used: ${problem}`,
      hint: '`candor new collector <id>` makes one that runs.',
    }),
  }),
  PortTaken: define<{ port: number }>({
    exit: 3,
    why: 'Two servers cannot listen on one port.',
    example: { port: 4321 },
    text: ({ port }) => ({
      what: `port ${port} is already in use.`,
      hint: `end what uses it, or choose another with --port ${port + 1}.`,
    }),
  }),
  BuildDemoInProduction: define<{ source: string }>({
    exit: 1,
    why: 'Demonstration evidence on a real page would be a lie.',
    example: { source: 'app-db' },
    text: ({ source }) => ({
      what: `the source \`${source}\` is a demonstration, and this is a production build.`,
      hint: 'remove it, or build without --production.',
    }),
  }),
  BuildMissing: define<{ folder: string }>({
    exit: 2,
    why: 'There is nothing to serve before the site is built.',
    example: { folder: 'dist' },
    text: ({ folder }) => ({ what: `there is no built site in ${folder}.`, hint: 'run `candor build` first.' }),
  }),
  BuildFailed: define<{ problem: string }>({
    exit: 3,
    why: 'The site that was built before stays as it was.',
    example: { problem: 'a page could not be rendered.' },
    text: ({ problem }) => ({
      what: `the site could not be built: ${problem}`,
      hint: 'run `candor check`, then build again with --verbose.',
    }),
  }),
  BuildNotWritten: define<{ problem: string }>({
    exit: 3,
    why: 'The site that was built before stays as it was.',
    example: { problem: 'ENOSPC' },
    text: ({ problem }) => ({
      what: `the pages could not be written (${problem}); what was there before is as it was.`,
      hint: 'make room, or allow this user to write to dist/ and .candor/, and run it again.',
    }),
  }),
  DemoWouldReplace: define<{ folder: string }>({
    exit: 2,
    why: 'The demo makes its evidence and its log anew each time it starts; those of somebody else are not its own.',
    example: { folder: 'content' },
    text: ({ folder }) => ({
      what: `${folder}/ledger holds a log that no demo made here, and the demo would replace it.`,
      hint: `move ${folder}/ledger/ and ${folder}/evidence/ aside, or start the demo in another copy.`,
    }),
  }),
  DemoUnavailable: define<Record<string, never>>({
    exit: 2,
    why: 'The demo and its database server belong to Candor’s own repository and are not part of the package.',
    example: {},
    text: () => ({
      what: '`candor start` runs the demo of Candor’s own repository.',
      hint: 'in your own folder use `candor collect`, `candor build` and `candor serve`.',
    }),
  }),
  DemoDatabaseLost: define<Record<string, never>>({
    exit: 3,
    why: 'A page whose database is gone still looks well until somebody collects again, so the demo says it at once.',
    example: {},
    text: () => ({
      what: 'the demo’s PostgreSQL has ended although nobody stopped it; the page is still served as it was built.',
      hint: 'press Ctrl-C and run `npm start` again; or collect and build, and see the claims turn unknown.',
    }),
  }),
  CollectorExists: define<{ collector: string; folder: string }>({
    exit: 2,
    why: 'Nothing of yours is ever overwritten.',
    example: { collector: 'supplier-register', folder: 'collectors/supplier-register' },
    text: ({ collector, folder }) => ({
      what: `there is already a collector \`${collector}\` in ${folder}/.`,
      hint: 'choose another id.',
    }),
  }),
  InitNotEmpty: define<{ file: string }>({
    exit: 2,
    why: 'Nothing of yours is ever overwritten.',
    example: { file: 'content' },
    text: ({ file }) => ({ what: `\`${file}\` is already there.`, hint: 'choose an empty or new folder.' }),
  }),
};
