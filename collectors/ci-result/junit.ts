import { createReadStream } from 'node:fs';
import sax from 'sax';
import type { Flaw } from './schema.ts';

type Counts = { tests: number; failures: number; skipped: number };

/** One suite of a report, without those inside it. `at` is when it began, null where the report does not say. */
export type Part = Counts & { name: string; at: string | null };

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

/** `promised` is what the attributes of a suite count, those inside it included; `below` what was counted inside it. */
type Suite = Part & { promised: Counts; below: Counts };

/**
 * Reads a JUnit report as a stream; memory does not grow with the file. Tests are counted by their elements: attributes
 * that tell of more tests make it `incomplete`. Those of a suite that tell of more failures or skipped tests are
 * believed; those of a suite of suites make it `incomplete`, for nothing says which one they are about. Strict XML; a
 * document type is refused, so that there are no entities but the five of XML. Throws Unusable, or the error of the file
 * system.
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
    const parent = this.#open.at(-1);
    this.#open.push(name);
    if (this.#open.length > DEEPEST) refuse('too deep');
    if (parent === undefined) {
      // Sax reads on behind the end of the document.
      if (this.#root !== undefined) refuse('not XML');
      if (!isSuite(name)) refuse('no JUnit report');
      this.#root = name;
    }
    const suite = this.#suites.at(-1);
    if (isSuite(name)) this.#suites.push(suiteOf(attributes, suite));
    else if (name === 'testcase') {
      if (this.#verdict !== null) refuse('no JUnit report');
      this.#verdict = verdictOf(attributes);
    } else if (name === 'failure' || name === 'error') {
      if (this.#verdict !== null) this.#verdict = 'failed';
      // What fails before or after the tests of a suite is reported beside them.
      else if (suite !== undefined && isSuite(parent)) suite.failures += 1;
    } else if (this.#verdict === 'passed' && name === 'skipped') this.#verdict = 'skipped';
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
    if (isSuite(name) && suite !== undefined) this.#left(suite);
  }

  #left({ name, promised, below, at, ...own }: Suite): void {
    this.#suites.pop();
    if (promised.tests > own.tests + below.tests) refuse('incomplete');
    const more = {
      failures: promised.failures - own.failures - below.failures,
      skipped: promised.skipped - own.skipped - below.skipped,
    };
    if (below.tests > 0 && (more.failures > 0 || more.skipped > 0)) refuse('incomplete');
    const counted = {
      tests: own.tests,
      failures: own.failures + Math.max(0, more.failures),
      skipped: own.skipped + Math.max(0, more.skipped),
    };
    const parent = this.#suites.at(-1);
    if (parent !== undefined)
      for (const key of ['tests', 'failures', 'skipped'] as const) parent.below[key] += counted[key] + below[key];
    if (counted.tests === 0 && counted.failures === 0 && below.tests > 0) return;
    this.#take({ name, ...counted, at });
  }
}

const used: ReadonlySet<string> = new Set(
  'name tests failures errors skipped disabled timestamp status result'.split(' '),
);

function isSuite(name: string | undefined): boolean {
  return name === 'testsuites' || name === 'testsuite';
}

/** Without a time of its own a suite is as old as the one around it. */
function suiteOf(
  { name = '', tests, failures, errors, skipped, disabled, timestamp = '' }: Record<string, string>,
  around: Suite | undefined,
): Suite {
  // GoogleTest counts as disabled what others count as skipped; who has both may count a test twice.
  const left = Math.max(countOf(skipped), countOf(disabled));
  return {
    name: name.slice(0, LONGEST_NAME),
    tests: 0,
    failures: 0,
    skipped: 0,
    at: instantOf(timestamp) ?? around?.at ?? null,
    promised: { tests: Math.max(countOf(tests), left), failures: countOf(failures) + countOf(errors), skipped: left },
    below: { tests: 0, failures: 0, skipped: 0 },
  };
}

/** Some runners write into attributes alone what became of a test: GoogleTest and CTest that it did not run. */
function verdictOf({ status = '', result = '' }: Record<string, string>): 'passed' | 'failed' | 'skipped' {
  const says = (word: RegExp) => word.test(status) || word.test(result);
  if (says(/^(fail|failed|failure|error)$/i)) return 'failed';
  return says(/^(not-?run|disabled|skipped|ignored|suppressed)$/i) ? 'skipped' : 'passed';
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
