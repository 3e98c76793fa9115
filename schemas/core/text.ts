import { z } from 'zod';

/** A title: one line that stands without its context. */
export const Title = z.string().min(1).max(160).meta({ description: 'One line that stands without its context.' });

/** A few sentences of plain text. */
export const Prose = z.string().min(1).max(4000).meta({ description: 'A few sentences of plain text.' });

/** A web address that starts with https. */
export const WebUrl = z
  .url({ protocol: /^https$/, error: 'must be a web address that starts with https://' })
  .meta({ description: 'Web address, https only.' });
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
