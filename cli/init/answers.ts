import { z } from 'zod';
import { isPlaceholder } from '../../loader/checks/values.ts';
import { words } from '../../loader/words.ts';
import { candorError, Organization } from '../../schemas/index.ts';
import type { Terminal } from '../command.ts';

const { name, legalName, product, url, trustUrl, country, timeZone, contacts } = Organization.shape;

/** What only the company itself can say. Each is an option of `candor init`, and a question where somebody can answer. */
export const questions = {
  name: { ask: 'The name that customers know', schema: name },
  'legal-name': { ask: 'The legal entity', schema: legalName },
  product: { ask: 'The product that the page is about', schema: product },
  url: { ask: 'The company’s site (https://…)', schema: url },
  'trust-url': { ask: 'Where this page will be published (https://…)', schema: trustUrl },
  'security-email': { ask: 'A mailbox for security reports that people read', schema: contacts.shape.security },
  country: { ask: 'Country of the legal entity, two letters', schema: country },
  'time-zone': { ask: 'Time zone of its business hours', schema: timeZone },
} as const satisfies Record<string, { ask: string; schema: z.ZodType<string, string> }>;

/** The name of an option that answers a question. */
type Question = keyof typeof questions;
/** An answer to each question. */
export type Answers = Record<Question, string>;

const names: readonly Question[] = Object.keys(questions).filter((key): key is Question => key in questions);

/** One option a question. Whether an answer is allowed is judged later, in the same words whether typed or passed. */
export const answerOptions = Object.fromEntries(
  names.map((key) => [
    key,
    z
      .string()
      .optional()
      .meta({ description: `${questions[key].ask}.` }),
  ]),
);

/**
 * The answers given as options, and the rest asked for on the terminal. Throws UsageInvalid for an answer that is not
 * allowed and, where nobody can be asked, for all that are missing.
 */
export async function answersOf(given: Record<string, unknown>, { ask }: Terminal, usage: string): Promise<Answers> {
  const known = new Map<Question, string>();
  for (const key of names) {
    const value = given[key];
    if (typeof value !== 'string') continue;
    const problem = problemWith(key, value);
    if (problem !== undefined) throw candorError('UsageInvalid', { problem: `\`--${key}\` ${problem}.`, usage });
    known.set(key, value.trim());
  }
  const missing = names.filter((key) => !known.has(key));
  if (ask === undefined && missing.length > 0) {
    const list = missing.map((key) => `--${key}`).join(', ');
    throw candorError('UsageInvalid', { problem: `nobody can be asked here, so say it with ${list}.`, usage });
  }
  for (const key of missing) if (ask !== undefined) known.set(key, await answer(key, ask, suggestionFor(key, known)));
  const all = (key: Question) => known.get(key) ?? '';
  return {
    name: all('name'),
    'legal-name': all('legal-name'),
    product: all('product'),
    url: all('url'),
    'trust-url': all('trust-url'),
    'security-email': all('security-email'),
    country: all('country'),
    'time-zone': all('time-zone'),
  };
}

async function answer(
  key: Question,
  ask: NonNullable<Terminal['ask']>,
  suggestion: string | undefined,
): Promise<string> {
  let hint = suggestion === undefined ? '' : ` [${suggestion}]`;
  for (;;) {
    const typed = (await ask(`${questions[key].ask}${hint}: `)).trim();
    const value = typed === '' && suggestion !== undefined ? suggestion : typed;
    const problem = problemWith(key, value);
    if (problem === undefined) return value;
    hint = ` (it ${problem})`;
  }
}

/** Offered, never taken without a word: the company’s name for the product, and the zone of this machine’s clock. */
function suggestionFor(key: Question, known: ReadonlyMap<Question, string>): string | undefined {
  if (key === 'product') return known.get('name');
  return key === 'time-zone' ? Intl.DateTimeFormat().resolvedOptions().timeZone : undefined;
}

/** What is wrong with an answer, as the end of a sentence; undefined when it is allowed. */
function problemWith(key: Question, text: string): string | undefined {
  const value = text.trim();
  if (/\p{Cc}/u.test(value)) return 'must stand on one line';
  const { error } = questions[key].schema.safeParse(value, { error: words });
  if (error !== undefined) return error.issues[0]?.message ?? 'is not allowed here';
  return key === 'security-email' && isPlaceholder(value)
    ? 'is a placeholder, not a mailbox that people read'
    : undefined;
}
