import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { SignalKind } from '../../schemas/index.ts';
import { type CollectContext, type Known, SourceUnreadable } from '../define.ts';
import { comparisonWith } from '../vendors/comparison.ts';
import { vendorsOf } from '../vendors/observe.ts';
import type { Signal } from '../vendors/signal.ts';
import { bytesOf, rootOf, walk } from './folder.ts';
import { type Kind, kindOf } from './kinds.ts';
import { NotReadable, type Seen, type Use } from './readers/seen.ts';
import type { Expect, Raw } from './schema.ts';

/** A larger file is no manifest that a person made, nor source code. */
const MOST_BYTES = 64 * 1024 * 1024;
/** More different names than these are given up on, so that memory stays bounded. */
const MOST_SIGNALS = 1_000_000;

const strength: Readonly<Record<Use, number>> = { product: 2, development: 1, transitive: 0 };

/** Reads the signals of a checkout. Throws SourceUnreadable. */
export async function collect(context: CollectContext<Expect>, known: Known): Promise<Raw> {
  const { connection, expect, signal, progress } = context;
  const { folder } = connection;
  const { matcher, ...compared } = comparisonWith(known, expect);
  const root = await rootOf(folder);
  const found = new Found();
  let links = 0;
  let ignoredFolders = 0;
  let unseen = 0;
  for await (const met of walk(root, ignoring(expect.ignore))) {
    if (signal.aborted) throw new SourceUnreadable('transient', 'The run was stopped before all files were read.');
    if ('file' in met) {
      const kind = kindOf(met.file);
      if (kind !== undefined) found.add(kind, await readSignals(root, met.file, kind));
      if (found.files % 1000 === 999) progress(`${found.files} files read`);
    } else if ('link' in met) {
      links += 1;
      const kind = kindOf(met.link);
      const isReadByItsName = met.inside !== undefined && kindOf(met.inside) !== undefined;
      if (met.isFolder) unseen += met.inside === undefined ? 1 : 0;
      else if (kind !== undefined && !isReadByItsName)
        found.add(kind, { seen: [], problem: 'is a link to what is not read' });
    } else if (met.skipped === 'ignored') ignoredFolders += 1;
    else unseen += 1;
  }
  const of = (use: Use) => vendorsOf(found.signals(use), matcher);
  const product = of('product');
  const development = of('development');
  const transitive = of('transitive');
  const observed = expect.transitive
    ? vendorsOf([...found.signals('product'), ...found.signals('transitive')], matcher).vendors
    : product.vendors;
  const ids = new Set(observed.map(({ id }) => id));
  const besides = (vendors: readonly { id: string }[]) => vendors.filter(({ id }) => !ids.has(id)).length;
  const unknown = [product, development, transitive].flatMap((part) => part.unknown);
  return {
    ...compared,
    observed,
    signals: product.total + development.total + transitive.total,
    files: found.kinds(),
    unseen: unseen + (found.overflowed ? 1 : 0),
    links,
    ignoredFolders,
    developmentOnly: besides(development.vendors),
    transitiveOnly: besides(transitive.vendors),
    unknown: Object.fromEntries(
      SignalKind.options.map((kind) => [kind, unknown.filter((one) => one.kind === kind).length]),
    ),
  };
}

/** A folder is ignored by its name, or by its path from the root. */
function ignoring(patterns: readonly string[]): (path: string) => boolean {
  const all = new Set(patterns.map((pattern) => pattern.replace(/^\.?\/|\/$/g, '')));
  return (path) => all.has(path) || all.has(basename(path));
}

/** What a file gave; and in our own words why it could not be read to its end, which follow "it". */
type Read = { seen: Seen[]; problem?: string };

async function readSignals(root: string, path: string, kind: Kind): Promise<Read> {
  const bytes = await bytesOf(root, path, MOST_BYTES);
  const seen: Seen[] = [];
  if (bytes === 'too large') return { seen, problem: `is larger than ${MOST_BYTES / 1024 / 1024} MB` };
  if (bytes === 'unreadable') return { seen, problem: 'could not be opened' };
  // A name of a variable is ASCII, so that source code in any encoding gives it away.
  const encoding = kind.title === 'Source files' ? 'latin1' : 'utf8';
  if (encoding === 'utf8' && !isUtf8(bytes)) return { seen, problem: 'is no UTF-8 text' };
  try {
    for (const one of kind.reader(bytes.toString(encoding).replace(/^\uFEFF/, ''), path)) seen.push(one);
    return { seen };
  } catch (error) {
    if (error instanceof NotReadable) return { seen, problem: error.message };
    throw error;
  }
}

/** What was found so far: each signal once, with its strongest use. */
class Found {
  files = 0;
  overflowed = false;
  readonly #uses = new Map<string, { signal: Signal; use: Use }>();
  readonly #kinds = new Map<string, { read: number; problems: Map<string, number> }>();

  add({ title }: Kind, { seen, problem }: Read): void {
    this.files += 1;
    const kind = this.#kinds.get(title) ?? { read: 0, problems: new Map<string, number>() };
    this.#kinds.set(title, kind);
    if (problem === undefined) kind.read += 1;
    else kind.problems.set(problem, (kind.problems.get(problem) ?? 0) + 1);
    for (const { kind: of, value, use } of seen) {
      const key = `${of} ${value}`;
      const before = this.#uses.get(key);
      if (before !== undefined) {
        if (strength[use] > strength[before.use]) before.use = use;
      } else if (this.#uses.size < MOST_SIGNALS) this.#uses.set(key, { signal: { kind: of, value }, use });
      else this.overflowed = true;
    }
  }

  *signals(wanted: Use): Generator<Signal> {
    for (const { signal, use } of this.#uses.values()) if (use === wanted) yield signal;
  }

  kinds(): Raw['files'] {
    return [...this.#kinds]
      .map(([title, { read, problems }]) => ({
        title,
        read,
        problems: [...problems].map(([problem, count]) => ({ problem, count })),
      }))
      .toSorted((a, b) => (a.title < b.title ? -1 : 1));
  }
}
