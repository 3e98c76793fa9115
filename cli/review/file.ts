import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Document, isMap, isScalar, Scalar, visit } from 'yaml';
import { readYaml } from '../../loader/yaml.ts';
import { signOffDigest } from '../../posture/access/seal.ts';
import { AccessReview, CandorError, candorError } from '../../schemas/index.ts';

const introduction = ` An access review. It names people: keep it in a private repository. It is never published, nor a digest of it.

 For each entry write a decision and a reason:
   decision: keep, change or revoke. For change, add \`roles: […]\` with those that shall remain.
   reason: a sentence, or the name of one under \`reasons\`, for what many entries have in common.
   reviewedBy: only where somebody else than the reviewer decided, such as on the reviewer’s own entry.
 What stands under \`pulled\` and \`list\` is what the system said; leave it. Entries may be sorted.`;

/** One line for what is on one line, however long. */
const layout = { lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER } as const;

/** The text of a review: what was pulled on one line an entry, and below it the decision, or room for it. */
export function reviewText(review: AccessReview): string {
  const { reasons, entries, closed, ...head } = review;
  const whole = { ...head, reasons, entries, ...(closed === undefined ? {} : { closed }) };
  // Aliases have no place in content: two lists that are alike are both written out.
  const document = new Document(whole, { aliasDuplicateObjects: false });
  document.commentBefore = introduction;
  visit(document, {
    Scalar(_, node) {
      // Unquoted, a line break within braces could be read back as something else.
      if (typeof node.value === 'string' && /[\n\r]/.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
    Pair(_, { key, value }) {
      const name = String(key);
      if (isMap(value) && (name === 'pulled' || name === 'list')) value.flow = true;
      // An empty place, to be written into.
      if (isScalar(value) && value.value === null && (name === 'decision' || name === 'reason')) value.source = '';
    },
  });
  return document.toString(layout);
}

/** Puts a new file where none is; written whole beside it first. Throws ReviewNotWritten, also where one is already. */
export async function writeNew(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await beside(file, text, async (draft) => {
    // A link, unlike a rename, never takes the place of a file that is there.
    await link(draft, file);
    await rm(draft);
  });
}

/**
 * Signs a review off in its file: all that stands there stays as people wrote it, and `closed` is added at the end. A
 * process that ends half-way leaves the old file whole. Throws ReviewNotWritten when the file is not what was checked.
 */
export async function writeClosed(file: string, checked: AccessReview, at: string, by: string): Promise<AccessReview> {
  const text = await readFile(file, 'utf8');
  const digest = signOffDigest({ ...checked, closed: { at, by, digest: '' } });
  if (digest === undefined || signOffOf(text, { at, by, digest: '' }) !== digest) throw notWritten(file, meanwhile);
  const closed = { at, by, digest };
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = new Document({ closed }).toString(layout).replaceAll('\n', end);
  const signed = `${text}${text.endsWith('\n') ? '' : end}${lines}`;
  if (signOffOf(signed) !== digest) throw notWritten(file, 'nothing can be added at its end');
  await beside(file, signed, async (draft) => {
    if ((await readFile(file, 'utf8')) !== text) throw notWritten(file, meanwhile);
    await rename(draft, file);
  });
  return { ...checked, closed };
}

const meanwhile = 'somebody changed it meanwhile';

/** The digest of the sign-off of a file’s text, as it is read back or with `closed`. Undefined where it is no review. */
function signOffOf(text: string, closed?: AccessReview['closed']): string | undefined {
  const { data } = AccessReview.safeParse(readYaml(text.replace(/^\uFEFF/, '')).value);
  return data && signOffDigest(closed === undefined ? data : { ...data, closed });
}

/** Writes and syncs a draft beside a file, and lets `place` move it there. The draft never stays. */
async function beside(file: string, text: string, place: (draft: string) => Promise<void>): Promise<void> {
  // Names with a dot in front are no content.
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(draft);
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof CandorError) throw error;
    throw notWritten(file, error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason');
  }
}

function notWritten(file: string, problem: string): CandorError {
  return candorError('ReviewNotWritten', { file, problem });
}
