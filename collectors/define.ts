import type { z } from 'zod';
import type { Sample } from '../ledger/samples/store.ts';
import type {
  Content,
  Evidence,
  Fact,
  Finding,
  Id,
  Instant,
  Method,
  Population,
  PrincipalList,
  SourceKind,
} from '../schemas/index.ts';
import type { Sampler } from './sampling/sampler.ts';

/** One true-or-false statement inside a collector, named for the good state. */
export type Check = {
  /** The good state in a few words: "No tenant reads another tenant’s rows". */
  title: string;
  /** What exactly is true when the check passes, for somebody who wants to argue with it. */
  statement: string;
};

/** What `collect` may use. The connection is resolved from the environment; nothing else is reachable. */
export type CollectContext<Expect> = {
  /** Connection values with the `$NAME` references replaced by the environment’s values. */
  connection: Readonly<Record<string, string>>;
  expect: Expect;
  allowIntrusive: boolean;
  /** Aborts when the run’s time is up or the person presses Ctrl-C. */
  signal: AbortSignal;
  /** One short line about how far it is, for people; never data that was read. */
  progress: (message: string) => void;
};

/**
 * What the company itself declares and has recorded, for collectors that compare it with what they see. All of it is
 * private until it has passed the allow-list of a collector.
 */
export type Known = {
  /** The id of the source that is read. */
  source: Id;
  /** When the run began. */
  now: Instant;
  content: Content;
  /** What the records said when the run began, for sources of content when all others were read; none that cannot be trusted. */
  evidence: readonly Evidence[];
  /**
   * The audit samples of the log, in order; left out where no collector of the run draws any. Throws LedgerDamaged when they
   * are not as they were logged.
   */
  samples?: () => readonly Sample[];
};

/** What `assess` says about what was read. Facts pass the collector’s allow-list before anything is kept. */
export type Assessment<Facts> = {
  population: Population;
  findings: Finding[];
  facts: Facts;
  redactions?: { what: string; why: string; count: number }[];
};

/** One line of `doctor`: a right that is missing, a right too many, or something that is as it should be. */
export type Diagnosis = { level: 'ok' | 'missing' | 'too-much' | 'error'; message: string; hint?: string };

/**
 * Code that reads one kind of thing from one kind of source. `collect` reads and never judges; `assess` judges, is
 * pure, and never reads. After auditree's design principles.
 */
export type Collector<Expect = unknown, Raw = unknown, Facts extends Record<string, Fact> = Record<string, Fact>> = {
  id: Id;
  title: string;
  /** The page section that lists its findings. */
  topic: Id;
  /** The kind of source it reads. */
  source: SourceKind;
  method: Method;
  /** The rights it needs, in words that an administrator can grant by. */
  permissions: readonly string[];
  /** The declared intent, parsed from `collect.<id>.expect` of a source. */
  expect: z.ZodType<Expect>;
  /** What `collect` returns. Private: it is judged and dropped. */
  raw: z.ZodType<Raw>;
  /** The allow-list of what may be published besides findings. */
  facts: z.ZodType<Facts>;
  checks: Readonly<Record<Id, Check>>;
  /** How a person with access sees the same; printed on the page. Never holds a secret. */
  reproduce: (expect: Expect) => string[];
  /** Reads. What of the company’s own declarations it judges against goes into what it returns. */
  collect: (context: CollectContext<Expect>, known: Known) => Promise<Raw>;
  assess: (raw: Raw, expect: Expect) => Assessment<Facts>;
  /** Who can get into the system, for an access review: of what was read. Private, and never published. */
  principals?: (raw: Raw) => PrincipalList;
  /** Tries the connection and its rights: enough, and not too many. */
  doctor?: (context: CollectContext<Expect>) => Promise<Diagnosis[]>;
  /** How the population is read that audit samples are drawn from, for `candor sample`. */
  sample?: Sampler<Expect>;
  /** A script that creates the least-privileged access, to be read and run by an administrator. */
  setup?: (expect: Expect) => string;
};

/** Declares a collector. Its folder’s name must be its id; the registry is made of the folders. */
export function defineCollector<Expect, Raw, Facts extends Record<string, Fact>>(
  collector: Collector<Expect, Raw, Facts>,
): Collector<Expect, Raw, Facts> {
  return collector;
}

/**
 * Thrown by `collect` when the source could not be read. The message is our own words: a server's message may quote
 * data, so it never gets here. Becomes outcome `error` of every check; the last observation keeps its date.
 */
export class SourceUnreadable extends Error {
  readonly kind: 'denied' | 'transient' | 'schema' | 'configuration';
  constructor(kind: SourceUnreadable['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceUnreadable';
    this.kind = kind;
  }
}
