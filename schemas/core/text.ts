import { z } from 'zod';

/** A title: one line that stands without its context. */
export const Title = z.string().min(1).max(160).meta({ description: 'One line that stands without its context.' });

/** A few sentences of plain text. */
export const Prose = z.string().min(1).max(4000).meta({ description: 'A few sentences of plain text.' });

/** A web address that starts with https: a URI (RFC 3986), because those who read it elsewhere take nothing else. */
export const WebUrl = z
  .string()
  .refine((text) => /^https:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/.test(text) && URL.canParse(text), {
    error: ({ input }) =>
      URL.canParse(String(input)) && String(input).startsWith('https://')
        ? 'must have what is not ASCII, and spaces, as %20 or xn--'
        : 'must be a web address that starts with https://',
  })
  .meta({ description: 'Web address, https only.', format: 'uri' });
export type WebUrl = z.infer<typeof WebUrl>;

/** A mailbox that people read. `candor check` refuses placeholders such as example.com. */
export const Email = z
  .email('must be an e-mail address')
  .meta({ description: 'Mailbox that people read; placeholders such as example.com are refused.' });
export type Email = z.infer<typeof Email>;

/** ISO 3166-1 alpha-2 country code, or EU. */
export const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be a two-letter country code such as DE')
  .meta({ description: 'ISO 3166-1 alpha-2 code, for example DE; EU stands for the European Union.' });
export type Country = z.infer<typeof Country>;

/** Control characters, line and paragraph separators, and what turns the direction of writing (Unicode, UAX #9). */
export const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/**
 * One line that somebody typed, of at most `most` characters: trimmed, in one form of Unicode, without control characters
 * and without what turns the direction of writing, which makes a text look like another.
 */
export const typedLine = (most: number) => typed(most, UNSEEN);

/** The same with line breaks. */
export const typedLines = (most: number) => typed(most, /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);

function typed(most: number, control: RegExp) {
  return z
    .string()
    .max(4 * most, `must have at most ${most} characters`)
    .transform((text) => text.normalize('NFC').replaceAll('\r\n', '\n').trim())
    .pipe(
      z
        .string()
        .min(1, 'must not be empty')
        .max(most, `must have at most ${most} characters`)
        .refine((text) => !control.test(text), 'must not hold control characters'),
    );
}
