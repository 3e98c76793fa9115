import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { canonicalJson, sha256 } from '../../posture/digest.ts';
import { candorError, type Digest, type Location, NdaForm } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import type { Block, Inline } from '../document/blocks.ts';
import { readTemplate, type Template } from '../document/template.ts';
import { moveOn } from '../lifecycle/submission.ts';
import { fieldsOf, problemsOf } from '../web/fields.ts';
import { grantAt, hurdleOf, type Recipient, versionNow } from './grant.ts';
import { consentLetter } from './letters.ts';

/** How long a text on secrecy may be, in characters: it is sent by letter to whoever agreed to it. */
const LONGEST = 60_000;

/** Reads the file of a text on secrecy, whose document is at `location`. Throws NdaUnfit, TemplatePlaceholder, TemplateUnsupported. */
export function readNda(file: Parameters<typeof readTemplate>[0], location?: Location): Template {
  const unfit = (problem: string) => candorError('NdaUnfit', { id: file.id, problem }, location);
  const { kind, access } = file.data;
  if (kind !== 'terms') throw unfit(`its kind is ${kind}`);
  if (access !== 'public') throw unfit('nobody may read it before');
  const nda = readTemplate(file);
  if (nda.blocks.length === 0) throw unfit('it has no text');
  if (nda.text.length > LONGEST) throw unfit(`it is longer than ${LONGEST.toLocaleString('en-US')} characters`);
  if (nda.blocks.some(hasVariable)) throw unfit('it has variables, which nobody fills in');
  return nda;
}

/** The text of a file, without its fields. */
export function bodyOf({ text }: Template): string {
  return text.replace(/^\uFEFF?---\r?\n[\s\S]*?\n---[ \t]*(?:\r?\n|$)/, '').trim();
}

/** What came of a click. `changed`: the text is another one than was shown; it must be read again. */
export type Agreeing = { outcome: 'agreed' | 'changed' | 'over' } | { problems: Record<string, string> };

/**
 * Agrees to secrecy for a grant. What was shown is what is agreed to: the form holds the digest of the text. That text is
 * kept for ever, the history holds its version and digest and a digest of who agreed, and both get it by letter. Once is
 * enough: a second time is no error. Throws Refusal unknown.
 */
export async function agreeToNda(desk: Desk, secret: string, form: URLSearchParams): Promise<Agreeing> {
  const { db, head, now, current } = desk;
  const grant = await grantAt(desk, secret);
  const at = now();
  const hurdle = hurdleOf(grant, await versionNow(desk, grant.terms.document), at);
  if (grant.nda !== undefined) return { outcome: 'agreed' };
  if (hurdle !== 'nda' || grant.recipient === undefined) return { outcome: 'over' };
  const parsed = NdaForm.safeParse(fieldsOf(form, NdaForm));
  if (!parsed.success) return { problems: problemsOf(parsed.error) };
  const { nda } = await current();
  if (nda === undefined || nda.digest !== parsed.data.text) return { outcome: 'changed' };
  const { id: document, data, digest } = nda;
  const { company, email } = grant.recipient;
  const recipient = { company, email, name: parsed.data.name, salt: randomBytes(32).toString('hex') };
  const facts = { nda: { document, version: data.version, digest, by: consentDigest(recipient) } };
  const text = { title: data.title, version: data.version, digest, text: bodyOf(nda) };
  const { id } = grant.submission;
  const event = { type: 'grant.agreed', timestamp: at.toISOString(), data: { id, document, version: data.version } };
  const send = [
    { channel: 'mail' as const, mail: consentLetter(head, email, text, secret) },
    { channel: 'webhook' as const, event },
  ];
  const cause = { at, actor: 'visitor', facts, send, also: [keeping(nda)] };
  const { state } = await moveOn(db, grant.submission, 'agreed', cause, recipient);
  return { outcome: state === 'agreed' ? 'agreed' : 'over' };
}

/**
 * Binds a consent to who gave it: while the data is kept, nobody can put another name there unnoticed; once it is deleted,
 * the salt is gone and the digest tells nothing.
 */
export function consentDigest({ company, email, name, salt }: Recipient): Digest {
  return sha256(canonicalJson({ company, email, name: name ?? null, salt: salt ?? null }));
}

/** Each text that anybody agreed to, once. */
function keeping({ id, data, text, digest }: Template) {
  return sql`insert into nda_text (digest, document, version, text)
    select ${digest}, ${id}, ${data.version}, ${text} from changed on conflict (digest) do nothing`;
}

function hasVariable(part: Block | Inline): boolean {
  if (part.kind === 'variable') return true;
  if ('rows' in part) return part.rows.flat(2).some(hasVariable);
  if ('items' in part) return part.items.flat().some(hasVariable);
  if ('blocks' in part) return part.blocks.some(hasVariable);
  return 'inline' in part && part.inline.some(hasVariable);
}
