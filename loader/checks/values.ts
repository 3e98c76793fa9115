import { type CandorError, type ContentType, candorError, DateOn } from '../../schemas/index.ts';
import { nearest } from '../nearest.ts';
import { isFields, pathText } from '../position.ts';
import { allTexts, type CheckContext, filesOf, type Pattern, textsAt } from './context.ts';

/** Dates of things that have happened. */
const past: readonly { type: ContentType; at: Pattern }[] = [
  { type: 'organization', at: ['describesAsOf'] },
  { type: 'claims', at: ['reviewedOn'] },
  { type: 'exceptions', at: ['acceptedOn'] },
  { type: 'attestations', at: ['statedOn'] },
  { type: 'certifications', at: ['issuedOn'] },
  { type: 'subprocessors', at: ['dpa', 'signedOn'] },
  { type: 'subprocessors', at: ['vettedOn'] },
  { type: 'subprocessors', at: ['terms', 'confirmedOn'] },
  { type: 'documents', at: ['reviewedOn'] },
  { type: 'updates', at: ['reviewedOn'] },
  { type: 'roadmap', at: ['doneOn'] },
  { type: 'advisories', at: ['timeline', '*', 'on'] },
  { type: 'advisories', at: ['credits', '*', 'consentedOn'] },
  { type: 'acknowledgements', at: ['thanks', '*', 'on'] },
  { type: 'acknowledgements', at: ['thanks', '*', 'consentedOn'] },
];

/** Dates that cannot be yet, mailboxes that nobody reads, documents that are not there. */
export function checkValues(context: CheckContext): CandorError[] {
  return [
    ...futureDates(context),
    ...placeholders(context),
    ...documents(context),
    ...templates(context),
    ...offered(context),
  ];
}

function futureDates(context: CheckContext): CandorError[] {
  // Today begins first at UTC+14.
  const today = new Date(context.now.getTime() + 14 * 3_600_000).toISOString().slice(0, 10);
  return past.flatMap(({ type, at }) =>
    textsAt(context, type, at)
      .filter(({ value }) => DateOn.safeParse(value).success && value > today)
      .map(({ file, path, value }) => {
        const parameters = { field: pathText(path), value };
        return candorError('ContentFutureDate', parameters, context.loaded.locate(file.file, path));
      }),
  );
}

const mailbox = /^(?:mailto:)?([^\s@]+)@([^\s@]+)$/i;
const standIn = /^(?:todo|tbd|fixme|change-?me|replace-?me|placeholder|x{2,}|your[-_.]\w.*|your(?:name|email)|dummy)$/i;
const reserved =
  /(?:^|\.)(?:example\.(?:com|org|net)|test|invalid|localhost|your-?(?:company|domain|organi[sz]ation)\.\w+)$/i;
const exampleName = /(?:^|\.)example$/i;

/**
 * RFC 2606 and RFC 6761 names are nobody's mailbox. A demonstration has to write something: where every source is one,
 * `.example` is allowed, and only that.
 */
function placeholders(context: CheckContext): CandorError[] {
  const demo = isDemonstration(context);
  // Who is in a list that was pulled is not for the company to choose.
  const authored = context.loaded.files.filter(({ type }) => type !== 'accessReviews');
  return authored.flatMap((file) =>
    allTexts(file.value).flatMap(({ path, value }) => {
      if (!isPlaceholder(value, demo)) return [];
      return [candorError('ContentPlaceholder', { value }, context.loaded.locate(file.file, path))];
    }),
  );
}

/** Whether every source is a demonstration. */
export function isDemonstration(context: CheckContext): boolean {
  const environments = textsAt(context, 'sources', ['environment']);
  const sources = filesOf(context, 'sources').length;
  return sources > 0 && environments.filter(({ value }) => value === 'demo').length === sources;
}

/** Whether a text is a mailbox that nobody reads; `.example` is one unless everything is a demonstration. */
export function isPlaceholder(text: string, demo = false): boolean {
  const [, name = '', domain = ''] = mailbox.exec(text) ?? [];
  return domain !== '' && (standIn.test(name) || isNobodys(domain, demo));
}

/** Whether a name belongs to nobody by RFC 2606 and RFC 6761; `.example` does unless everything is a demonstration. */
export function isNobodys(domain: string, demo: boolean): boolean {
  return reserved.test(domain) || (exampleName.test(domain) && !demo);
}

function documents(context: CheckContext): CandorError[] {
  const beside = context.loaded.found.companions
    .filter((path) => path.startsWith('documents/'))
    .map((path) => path.slice('documents/'.length));
  const missing = textsAt(context, 'documents', ['file']).flatMap(({ file, path, value }) => {
    const isPublic = isFields(file.value) && file.value.access === 'public';
    // What is not for everybody lies elsewhere, and the machine that builds the page need not have it.
    if (beside.includes(value) === isPublic) return [];
    const location = context.loaded.locate(file.file, path);
    if (!isPublic) return [candorError('GatedFileExposed', { file: value, place: 'content/documents/' }, location)];
    return [candorError('DocumentFileMissing', { file: value, suggestion: nearest(value, beside) }, location)];
  });
  const empty = filesOf(context, 'documents').flatMap(({ id, file, value }) => {
    if (!isFields(value) || value.access !== 'public' || 'file' in value || 'url' in value) return [];
    if (context.loaded.body(file)?.text.trim() !== '') return [];
    return [candorError('DocumentEmpty', { id }, context.loaded.locate(file, ['access']))];
  });
  return [...missing, ...empty];
}

/** In MDX two braces are JavaScript: a text with variables in it must be plain Markdown. */
function templates({ loaded }: CheckContext): CandorError[] {
  return loaded.files.flatMap(({ type, file, value }) => {
    if (type !== 'documents' || !file.endsWith('.mdx') || !isFields(value) || value.kind !== 'dpa') return [];
    const body = loaded.body(file);
    const before = body?.text.split('{{')[0]?.split('\n') ?? [];
    if (body === undefined || !body.text.includes('{{')) return [];
    const column = (before.at(-1)?.length ?? 0) + 1;
    const location = { file: body.file, line: body.line + before.length - 1, column, length: 2 };
    return [candorError('TemplateNotMarkdown', { file }, location)];
  });
}

/** What is offered as an agreement is one, and everybody may read it: the page shows its text, and has it sealed to download. */
function offered(context: CheckContext): CandorError[] {
  return textsAt(context, 'intake', ['template']).flatMap(({ file, path, value: id }) => {
    const document = filesOf(context, 'documents').find((each) => each.id === id)?.value;
    if (!isFields(document)) return [];
    const { kind, access } = document;
    const problem =
      kind !== 'dpa' ? `its kind is ${String(kind)}` : access !== 'public' ? 'it is not public' : undefined;
    if (problem === undefined) return [];
    return [candorError('TemplateUnfit', { id, problem }, context.loaded.locate(file.file, path))];
  });
}
