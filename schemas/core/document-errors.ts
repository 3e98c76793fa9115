import { define } from './error-definition.ts';

/** The errors of the agreement: its template, its PDF and its seal. */
export const documentErrors = {
  TemplatePlaceholder: define<{ placeholder: string; variables: readonly string[] }>({
    exit: 2,
    why: 'An agreement with a gap in it would be sealed and sent as it is.',
    example: { placeholder: '[Company]', variables: ['customer.name', 'company.legalName'] },
    text: ({ placeholder, variables }) => ({
      what: `\`${placeholder}\` is a placeholder that nobody fills in.`,
      hint: `write the text, or one of the variables: ${variables.map((name) => `{{${name}}}`).join(', ')}.`,
    }),
  }),
  TemplateNotMarkdown: define<{ file: string }>({
    exit: 2,
    why: 'The page shows the text too, and in MDX two braces are JavaScript.',
    example: { file: 'documents/agreement.mdx' },
    text: ({ file }) => ({
      what: 'a text with variables in it cannot be MDX.',
      hint: `rename it: \`${file.replace(/mdx$/, 'md')}\`.`,
    }),
  }),
  TemplateUnfit: define<{ id: string; problem: string }>({
    exit: 2,
    why: 'Whatever is named there is published, sealed and signed as an agreement.',
    example: { id: 'security-whitepaper', problem: 'its kind is whitepaper' },
    text: ({ id, problem }) => ({
      what: `\`${id}\` cannot be offered as an agreement: ${problem}.`,
      hint: 'name a document of kind `dpa` with `access: public`.',
    }),
  }),
  TemplateUnsupported: define<{ element: string }>({
    exit: 2,
    why: 'What the PDF cannot show would be missing from what is signed.',
    example: { element: 'html' },
    text: ({ element }) => ({
      what: `a template cannot hold ${element}.`,
      hint: 'use headings, paragraphs, lists, tables, quotes, links, emphasis and code.',
    }),
  }),
  TypesetterMissing: define<{ platform: string; problem: string }>({
    exit: 3,
    why: 'The PDF is made by a native program, which there is not for every platform.',
    example: { platform: 'sunos-x64', problem: 'MODULE_NOT_FOUND' },
    text: ({ platform, problem }) => ({
      what: `the agreement cannot be made into a PDF on ${platform}: ${problem}.`,
      hint: 'install @myriaddreamin/typst-ts-node-compiler for this platform, or run the server on Linux (x64).',
    }),
  }),
  AgreementUnprintable: define<{ fields: readonly string[] }>({
    exit: 1,
    why: 'A name that shows as empty boxes is no name to sign with; the PDF must show all that was typed.',
    example: { fields: ['parties.customer.name'] },
    text: ({ fields }) => ({
      what: `no font has all the characters of ${fields.map((field) => `\`${field}\``).join(', ')}.`,
      hint: 'ask for it in letters of the Latin, Greek or Cyrillic alphabet: decline the request with this reason.',
    }),
  }),
  AgreementFailed: define<{ problem: string }>({
    exit: 3,
    why: 'Nothing is sealed that was not made as a whole.',
    example: { problem: 'the compiler stopped' },
    text: ({ problem }) => ({
      what: `the PDF of the agreement could not be made: ${problem}.`,
      hint: 'nothing was sealed; look at the template, then try again.',
    }),
  }),
  SealInvalid: define<{ problem: string }>({
    exit: 2,
    why: 'Whoever gets an agreement checks its seal against one certificate, for years.',
    example: { problem: 'in CANDOR_SEAL there is no certificate' },
    text: ({ problem }) => ({
      what: `the key that seals agreements cannot be used: ${problem}.`,
      hint: 'CANDOR_SEAL or the file that CANDOR_SEAL_FILE names holds one P-256 private key and its certificate, as PEM.',
    }),
  }),
} as const;
