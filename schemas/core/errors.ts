import { define, type ErrorDefinition, type ErrorText } from './error-definition.ts';
import { ledgerErrors } from './ledger-errors.ts';

/** Where in a file something is wrong. Lines and columns count from 1. */
export type Location = { file: string; line: number; column: number; length?: number };

const near = (suggestion: string | undefined, otherwise: string) =>
  suggestion === undefined ? otherwise : `did you mean \`${suggestion}\`?`;

/** The catalogue. A name is never changed or reused. */
export const errors = {
  ContentMissing: define<{ folder: string; file: string }>({
    exit: 2,
    why: 'Without an organization there is nobody who makes the claims.',
    example: { folder: 'content', file: 'organization.yaml' },
    text: ({ folder, file }) => ({
      what: `\`${file}\` is missing in the content folder ${folder}.`,
      hint: 'write it, or point at the right folder with --content DIR or CANDOR_CONTENT; `candor init DIR` makes one.',
    }),
  }),
  ContentSyntax: define<{ problem: string }>({
    exit: 2,
    why: 'A file that cannot be read as YAML may mean something else than it says.',
    example: { problem: 'tabs cannot indent; use spaces' },
    text: ({ problem }) => ({
      what: `this is not valid YAML: ${problem}.`,
      hint: 'check quotes, indentation and colons on this line.',
    }),
  }),
  ContentFrontMatter: define<Record<string, never>>({
    exit: 2,
    why: 'The fields of a claim, document or update stand between two lines of three hyphens.',
    example: {},
    text: () => ({
      what: 'the front matter is missing or not closed.',
      hint: 'begin the file with a line `---`, the fields, and another line `---`.',
    }),
  }),
  ContentUnknownKey: define<{ key: string; owner: string; suggestion?: string | undefined; known: string[] }>({
    exit: 2,
    why: 'A misspelt field would be ignored in silence, and the page would say less than its author meant.',
    example: { key: 'titel', owner: 'a claim', suggestion: 'title', known: ['title', 'status'] },
    text: ({ key, owner, suggestion, known }) => ({
      what: `\`${key}\` is not a field of ${owner}.`,
      hint: near(suggestion, known.length === 0 ? 'delete it.' : `the fields are ${known.join(', ')}.`),
    }),
  }),
  ContentInvalid: define<{
    path: string;
    problem: string;
    suggestion?: string | undefined;
    hint?: string | undefined;
  }>({
    exit: 2,
    why: 'Content is strict, so that the page cannot show a value that nobody meant.',
    example: {
      path: 'status',
      problem: 'must be in-place, in-progress, planned or not-available',
      suggestion: 'in-place',
    },
    text: ({ path, problem, suggestion, hint }) => ({
      what: `\`${path}\` ${problem}.`,
      hint: near(suggestion, hint ?? 'the reference of content types lists what is allowed.'),
    }),
  }),
  ContentRequired: define<{ key: string; owner: string; within?: string | undefined }>({
    exit: 2,
    why: 'The page needs this field to say who, what or until when.',
    example: { key: 'order', owner: 'every section' },
    text: ({ key, owner, within }) => ({
      what: `\`${key}\` is missing; ${owner} needs it.`,
      hint: `add a line \`${key}: …\`${within === undefined ? '' : ` under \`${within}\``}.`,
    }),
  }),
  ContentNotText: define<Record<string, never>>({
    exit: 2,
    why: 'Text in another encoding would be shown with wrong letters.',
    example: {},
    text: () => ({
      what: 'this file is not text in UTF-8.',
      hint: 'save it again with the encoding UTF-8, or move it out of the content folder.',
    }),
  }),
  ContentUnreadable: define<{ problem: string }>({
    exit: 3,
    why: 'What could not be read must not be left out in silence.',
    example: { problem: 'EACCES' },
    text: ({ problem }) => ({
      what: `this cannot be read (${problem}).`,
      hint: 'allow this user to read it, and check that links lead somewhere.',
    }),
  }),
  ContentBadId: define<{ name: string }>({
    exit: 2,
    why: 'The name of a file or folder is the id, and ids stand in addresses.',
    example: { name: 'Rows_are_scoped' },
    text: ({ name }) => ({
      what: `\`${name}\` cannot be an id.`,
      hint: 'rename it to lower-case letters, digits and single hyphens, such as `rows-are-scoped`.',
    }),
  }),
  ContentUnknownFile: define<{ name: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A file in a place that nothing reads is a claim that nobody sees.',
    example: { name: 'organisation.yaml', suggestion: 'organization.yaml' },
    text: ({ name, suggestion }) => ({
      what: `nothing reads \`${name}\`.`,
      hint: near(suggestion, 'move it to the folder of its kind, or delete it.'),
    }),
  }),
  ContentDuplicateId: define<{ id: string; type: string; other: string }>({
    exit: 2,
    why: 'An id is an address; two things cannot live at one.',
    example: { id: 'rows-are-scoped', type: 'claim', other: 'claims/isolation/rows-are-scoped.md' },
    text: ({ id, type, other }) => ({
      what: `the ${type} id \`${id}\` is already used by ${other}.`,
      hint: 'rename one of the two.',
    }),
  }),
  ContentDuplicateKey: define<{ key: string }>({
    exit: 2,
    why: 'Of two values for one field only one would count, and nobody could tell which.',
    example: { key: 'order' },
    text: ({ key }) => ({ what: `\`${key}\` is given twice.`, hint: 'delete one of the two.' }),
  }),
  ContentPlaceholder: define<{ value: string }>({
    exit: 2,
    why: 'A placeholder mailbox looks like a contact and is none.',
    example: { value: 'security@example.com' },
    text: ({ value }) => ({
      what: `\`${value}\` is a placeholder, not a mailbox that people read.`,
      hint: 'write the real address, or leave the field out.',
    }),
  }),
  ContentFutureDate: define<{ field: string; value: string }>({
    exit: 2,
    why: 'Nothing can have been accepted, stated or reviewed on a day that has not come.',
    example: { field: 'acceptedOn', value: '2027-01-01' },
    text: ({ field, value }) => ({
      what: `\`${field}\` lies in the future: ${value}.`,
      hint: 'write the day on which it really happened.',
    }),
  }),
  ReferenceMissing: define<{ id: string; type: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A reference to something that does not exist would be a dead link on the page.',
    example: { id: 'security-laed', type: 'role', suggestion: 'security-lead' },
    text: ({ id, type, suggestion }) => ({
      what: `there is no ${type} \`${id}\`.`,
      hint: near(suggestion, `write it, or remove the reference.`),
    }),
  }),
  SectionMissing: define<{ section: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'Claims are shown in their section; without one they would be shown nowhere.',
    example: { section: 'isolation' },
    text: ({ section, suggestion }) => ({
      what: `this folder of claims has no section \`${section}\`.`,
      hint: near(suggestion, `write content/sections/${section}.yaml with a title and an order.`),
    }),
  }),
  SectionEmpty: define<{ section: string }>({
    exit: 2,
    why: 'A chapter without a claim says nothing.',
    example: { section: 'isolation' },
    text: ({ section }) => ({
      what: `the section \`${section}\` has no claims.`,
      hint: `write a claim in content/claims/${section}/, or delete the section.`,
    }),
  }),
  ClaimsMissing: define<Record<string, never>>({
    exit: 2,
    why: 'A trust center without a claim says nothing.',
    example: {},
    text: () => ({
      what: 'there is no claim yet.',
      hint: 'write one in content/claims/<section>/<id>.mdx; the reference of content types has an example.',
    }),
  }),
  DocumentFileMissing: define<{ file: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A document that is offered must be there.',
    example: { file: 'reprot.pdf', suggestion: 'report.pdf' },
    text: ({ file, suggestion }) => ({
      what: `there is no file \`${file}\` beside this document.`,
      hint: near(suggestion, 'put it into the same folder, or remove the line.'),
    }),
  }),
  DocumentEmpty: define<{ id: string }>({
    exit: 2,
    why: 'A public document that holds nothing is a dead link.',
    example: { id: 'privacy-policy' },
    text: ({ id }) => ({
      what: `the public document \`${id}\` has no text, no \`file\` and no \`url\`.`,
      hint: 'write its text below the front matter, or say where it is; or set `access: on-request`.',
    }),
  }),
  ClaimCycle: define<{ path: string[] }>({
    exit: 2,
    why: 'A claim that rests on itself rests on nothing.',
    example: { path: ['a', 'b', 'a'] },
    text: ({ path }) => ({
      what: `this roll-up goes round in a circle: ${path.join(' → ')}.`,
      hint: 'remove one of these references.',
    }),
  }),
  ClaimPlanMissing: define<{ status: string }>({
    exit: 2,
    why: 'What is planned without a plan is a promise that nobody can hold you to.',
    example: { status: 'planned' },
    text: ({ status }) => ({
      what: `the claim is ${status} but names no roadmap item.`,
      hint: 'add `roadmap: <id>`, or say not-available.',
    }),
  }),
  EvidenceUnknownSource: define<{ source: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A claim can only rest on a system that is declared, so that the reader can see which one it is.',
    example: { source: 'app-bd' },
    text: ({ source, suggestion }) => ({
      what: `\`${source}\` is not a declared source.`,
      hint: near(suggestion, `declare it in content/sources/${source}.yaml.`),
    }),
  }),
  EvidenceUnknownCollector: define<{ collector: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'Evidence is made by a collector; one that does not exist makes none.',
    example: { collector: 'postgres-row-securty', suggestion: 'postgres-row-security' },
    text: ({ collector, suggestion }) => ({
      what: `\`${collector}\` is not a collector.`,
      hint: near(suggestion, '`candor docs` lists all collectors.'),
    }),
  }),
  EvidenceNotCollected: define<{ source: string; collector: string }>({
    exit: 2,
    why: 'A check that is never run leaves its claim unknown for ever.',
    example: { source: 'app-db', collector: 'postgres-row-security' },
    text: ({ source, collector }) => ({
      what: `the source \`${source}\` does not collect \`${collector}\`.`,
      hint: `add \`${collector}: {}\` under collect in content/sources/${source}.yaml.`,
    }),
  }),
  EvidenceUnknownCheck: define<{ check: string; collector: string; count: number; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A claim that cites a check which does not exist could never be shown to hold.',
    example: {
      check: 'no-cross-tenant-reads',
      collector: 'postgres-row-security',
      count: 9,
      suggestion: 'no-cross-tenant-read',
    },
    text: ({ check, collector, count, suggestion }) => ({
      what: `\`${check}\` is not a check of ${collector}.`,
      hint: `${suggestion === undefined ? '' : `did you mean \`${suggestion}\`? `}\`candor docs ${collector}\` lists all ${count}.`,
    }),
  }),
  ExceptionUncited: define<{ check: string }>({
    exit: 2,
    why: 'An accepted deviation stays visible; where no claim rests on the check, it would be shown nowhere.',
    example: { check: 'app-db/postgres-row-security#no-cross-tenant-read' },
    text: ({ check }) => ({
      what: `no claim cites \`${check}\`, so this exception covers nothing.`,
      hint: 'cite the check under `evidence` of the claim that it is about, or delete the exception.',
    }),
  }),
  SourceKindMismatch: define<{ collector: string; needs: string; kind: string }>({
    exit: 2,
    why: 'A collector reads one kind of source.',
    example: { collector: 'postgres-row-security', needs: 'postgres', kind: 'http' },
    text: ({ collector, needs, kind }) => ({
      what: `\`${collector}\` reads a source of kind ${needs}; this one is ${kind}.`,
      hint: `move it to a source of kind ${needs}.`,
    }),
  }),
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
  ...ledgerErrors,
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
} as const;

/** The permanent name of an error. */
export type ErrorName = keyof typeof errors;
type Parameters = { [N in ErrorName]: (typeof errors)[N] extends ErrorDefinition<infer P> ? P : never };
const definitions: { [N in ErrorName]: ErrorDefinition<Parameters[N]> } = errors;

/** All names, in the order of the catalogue. */
export const errorNames: readonly ErrorName[] = Object.keys(errors).filter((name): name is ErrorName => name in errors);

/** An error as the reference shows it: its rule, its exit code, and its text for an example. */
export function explainError<N extends ErrorName>(name: N): ErrorText & { why: string; exit: 1 | 2 | 3 } {
  const { why, exit, text, example }: ErrorDefinition<Parameters[N]> = definitions[name];
  return { why, exit, ...text(example) };
}

/** An error of the catalogue, with its place in a file where there is one. */
export class CandorError extends Error {
  readonly what: string;
  readonly hint: string;
  readonly exit: 1 | 2 | 3;
  readonly location: Location | undefined;
  constructor(name: ErrorName, text: ErrorText, exit: 1 | 2 | 3, location?: Location) {
    super(text.what);
    this.name = name;
    this.what = text.what;
    this.hint = text.hint;
    this.exit = exit;
    this.location = location;
  }
}

/** Makes an error of the catalogue; throw it, or collect several and print them together. */
export function candorError<N extends ErrorName>(name: N, parameters: Parameters[N], location?: Location): CandorError {
  const definition: ErrorDefinition<Parameters[N]> = definitions[name];
  return new CandorError(name, definition.text(parameters), definition.exit, location);
}
