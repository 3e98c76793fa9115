import { createReadStream } from 'node:fs';
import sax from 'sax';
import type { Flaw } from './schema.ts';

/** One suite of a report, without those inside it. `at` is when it began, null where the report does not say. */
export type Part = { name: string; tests: number; failures: number; skipped: number; at: string | null };

/** Thrown for a report that cannot be used; nothing of the report is quoted. */
export class Unusable extends Error {
  readonly flaw: Flaw;
  constructor(flaw: Flaw) {
    super(flaw);
    this.flaw = flaw;
  }
}

const MOST_BYTES = 512 * 1024 * 1024;
const DEEPEST = 100;
const MOST_ATTRIBUTES = 100;
/** What is longer of a name is left out, so that comparing it stays cheap. */
const LONGEST_NAME = 500;

/** Without strictEntities sax would know the named characters of HTML as well; its types do not know the option. */
const options = { position: false, strictEntities: true };

type Suite = Part & { promised: number; promisedFailures: number; below: number; belowFailures: number };

/**
 * Reads a JUnit report as a stream; memory does not grow with the file. Tests are counted by
 * their elements: attributes that tell of more tests than there are make it `incomplete`, and those that tell of more
 * failures are believed. Strict XML; a document type is refused, so that there are no entities but the five of XML.
 * Throws Unusable, or the error of the file system.
 */
export async function readJUnit(file: string, signal: AbortSignal, take: (part: Part) => void): Promise<void> {
  const stream = createReadStream(file, { encoding: 'utf8', signal, highWaterMark: 64 * 1024 });
  const report = new Report(take);
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += Buffer.byteLength(chunk);
    if (bytes > MOST_BYTES) throw new Unusable('too large');
    report.write(chunk);
  }
  report.end();
}

class Report {
  readonly #parser = sax.parser(true, options);
  readonly #take: (part: Part) => void;
  readonly #open: string[] = [];
  readonly #suites: Suite[] = [];
  #attributes: Record<string, string> = {};
  #attributeCount = 0;
  #verdict: 'passed' | 'failed' | 'skipped' | null = null;
  #root: string | undefined;

  constructor(take: (part: Part) => void) {
    this.#take = take;
    this.#parser.onerror = () => refuse('not XML');
    this.#parser.ondoctype = () => refuse('a document type declaration');
    this.#parser.onattribute = ({ name, value }) => {
      this.#attributeCount += 1;
      if (this.#attributeCount > MOST_ATTRIBUTES) refuse('too large');
      if (used.has(name)) this.#attributes[name] = value;
    };
    this.#parser.onopentag = ({ name }) => this.#opened(name);
    this.#parser.onclosetag = (name) => this.#closed(name);
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  end(): void {
    this.#parser.close();
    if (this.#root === undefined) refuse('no JUnit report');
  }

  #opened(name: string): void {
    const attributes = this.#attributes;
    this.#attributes = {};
    this.#attributeCount = 0;
    this.#open.push(name);
    if (this.#open.length > DEEPEST) refuse('too deep');
    if (this.#root === undefined) {
      if (name !== 'testsuites' && name !== 'testsuite') refuse('no JUnit report');
      this.#root = name;
    }
    if (name === 'testsuites' || name === 'testsuite') this.#suites.push(suiteOf(attributes));
    else if (name === 'testcase') this.#verdict = 'passed';
    else if (this.#verdict !== null && (name === 'failure' || name === 'error')) this.#verdict = 'failed';
    else if (this.#verdict === 'passed' && name === 'skipped') this.#verdict = 'skipped';
  }

  #closed(name: string): void {
    this.#open.pop();
    const suite = this.#suites.at(-1);
    if (name === 'testcase' && suite !== undefined && this.#verdict !== null) {
      suite.tests += 1;
      if (this.#verdict === 'failed') suite.failures += 1;
      if (this.#verdict === 'skipped') suite.skipped += 1;
      this.#verdict = null;
    }
    if ((name === 'testsuites' || name === 'testsuite') && suite !== undefined) this.#left(suite);
  }

  #left(suite: Suite): void {
    this.#suites.pop();
    const tests = suite.tests + suite.below;
    // The attributes of a suite count those inside it too.
    const failures = Math.max(suite.failures + suite.belowFailures, suite.promisedFailures);
    if (suite.promised > tests) refuse('incomplete');
    const parent = this.#suites.at(-1);
    if (parent !== undefined) {
      parent.below += tests;
      parent.belowFailures += failures;
      parent.at ??= suite.at;
    }
    const own = failures - suite.belowFailures;
    if (suite.tests === 0 && own === 0 && suite.below > 0) return;
    this.#take({ name: suite.name, tests: suite.tests, failures: own, skipped: suite.skipped, at: suite.at });
  }
}

const used: ReadonlySet<string> = new Set(['name', 'tests', 'failures', 'errors', 'timestamp']);

function suiteOf({ name = '', tests, failures, errors, timestamp = '' }: Record<string, string>): Suite {
  return {
    name: name.slice(0, LONGEST_NAME),
    tests: 0,
    failures: 0,
    skipped: 0,
    below: 0,
    belowFailures: 0,
    promised: countOf(tests),
    promisedFailures: countOf(failures) + countOf(errors),
    at: instantOf(timestamp),
  };
}

function countOf(text: string | undefined): number {
  if (text === undefined) return 0;
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : refuse('no JUnit report');
}

/** A time without a zone is UTC, as the schema of JUnit reports has it. */
function instantOf(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)) return null;
  const time = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function refuse(flaw: Flaw): never {
  throw new Unusable(flaw);
}
