import type { Kysely } from 'kysely';
import type { Content, IntakePolicy, Trust } from '../schemas/index.ts';
import type { SealKey } from './document/seal-key.ts';
import type { Template } from './document/template.ts';
import type { Gated } from './grants/gated.ts';
import type { TakeIn } from './lifecycle/take-in.ts';
import type { Letterhead } from './mail/letterhead.ts';
import type { Tables } from './store/tables.ts';
import type { Limits } from './web/limits.ts';

/**
 * What the trust page says just now. `template` is the text that is offered, `nda` the one on secrecy; undefined when content
 * has none.
 */
export type Standing = { content: Content; trust: Trust; template: Template | undefined; nda?: Template | undefined };

/** All that a form needs to be answered. */
export type Desk = {
  db: Kysely<Tables>;
  takeIn: TakeIn;
  policy: IntakePolicy;
  head: Letterhead;
  now: () => Date;
  /** Read anew when what was read is older than a minute. Throws what is wrong with the content. */
  current: () => Promise<Standing>;
  /** Undefined when this machine has no key: nothing is sealed then, and nothing offered by itself. */
  sealKey: SealKey | undefined;
  /** True on a server of a demonstration alone: no other one offers what rests on made-up evidence. */
  demo?: boolean | undefined;
  /** The documents that are not public; undefined where none can be given. */
  gated?: Gated | undefined;
  limits: Limits;
};
