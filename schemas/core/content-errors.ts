import { define, near } from './error-definition.ts';

/** The errors of content: its files, and the fields in them. */
export const contentErrors = {
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
};
