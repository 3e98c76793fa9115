import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Which rooms a room may import from, besides itself. Imports run one way only. */
const allowed: Record<string, readonly string[]> = {
  schemas: [],
  posture: ['schemas'],
  ledger: ['schemas', 'posture'],
  collectors: ['schemas', 'posture', 'ledger'],
  intake: ['schemas', 'posture', 'ledger'],
  loader: ['schemas', 'posture', 'ledger'],
  site: ['schemas', 'posture', 'ledger', 'loader', 'intake'],
  cli: ['schemas', 'posture', 'ledger', 'collectors', 'intake', 'loader', 'site'],
  // The demo's requests of the past are made as its server would have made them.
  examples: ['schemas', 'intake'],
};
/** The only rooms that may open a connection, and the packages with which one does. */
const connecting = ['pg', 'octokit', 'undici'];

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : files(path);
    return /\.(ts|mjs|astro)$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"\s]+)['"]/g;
  return [...text.matchAll(pattern)].flatMap(([, specifier]) => (specifier === undefined ? [] : [specifier]));
}

/** The room of a relative import, or undefined for a package. */
function roomOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return relative(root, normalize(join(dirname(file), specifier))).split(/[\\/]/)[0];
}

const rooms = Object.keys(allowed).filter(
  (room) => statSync(join(root, room), { throwIfNoEntry: false }) !== undefined,
);

describe('imports run one way only', () => {
  test.each(rooms)('%s', (room) => {
    const wrong = files(join(root, room)).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => {
          const to = roomOf(file, specifier);
          return to !== undefined && to !== room && to !== 'index.ts' && !allowed[room]?.includes(to);
        })
        .map((specifier) => `${relative(root, file)} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the walk sees imports, in .astro files too', () => {
    expect(importsOf(join(root, 'collectors', 'run.ts'))).toContain('../ledger/records/keep.ts');
    const astro = files(join(root, 'site')).filter((file) => file.endsWith('.astro'));
    expect(astro.length).toBeGreaterThan(5);
    expect(astro.some((file) => importsOf(file).length > 0)).toBe(true);
  });
});

describe('each thing in its room', () => {
  test('only collectors/clients/, the store of intake and the demo connect to systems', () => {
    const wrong = rooms
      .flatMap((room) => files(join(root, room)))
      .filter((file) => !/[\\/](clients|examples|intake[\\/]store)[\\/]/.test(file))
      .filter((file) => importsOf(file).some((specifier) => connecting.includes(specifier)));
    expect(wrong.map((file) => relative(root, file))).toEqual([]);
  });

  test('schemas import only zod and a decoder of Bech32, and do nothing to the outside world', () => {
    const outside = files(join(root, 'schemas'))
      .flatMap(importsOf)
      .filter((specifier) => !specifier.startsWith('.'));
    expect(new Set(outside)).toEqual(new Set(['zod', '@scure/base']));
  });

  test('posture reads no clock and does no input or output', () => {
    for (const file of files(join(root, 'posture'))) {
      const text = readFileSync(file, 'utf8');
      expect(text, file).not.toMatch(/Date\.now\(|new Date\(\)|node:fs|fetch\(/);
    }
  });

  test('the site reads findings and published facts, and fetches nothing', () => {
    // What runs in a browser reads published files, and its content security policy lets it read nothing else.
    const built = files(join(root, 'site')).filter((file) => !file.startsWith(join(root, 'site', 'scripts')));
    for (const file of built) expect(readFileSync(file, 'utf8'), file).not.toMatch(/\bfetch\(/);
  });

  test('run.ts names no collector', () => {
    const names = readdirSync(join(root, 'collectors'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_') && entry.name !== 'clients')
      .map(({ name }) => name);
    expect(names).toContain('postgres-row-security');
    const text = readFileSync(join(root, 'collectors', 'run.ts'), 'utf8');
    for (const name of names) expect(text).not.toContain(name);
  });

  // bench/ is no room: it measures with the records that the tests prove.
  test('nothing imports test, and content holds no code', () => {
    const wrong = rooms
      .flatMap((room) => files(join(root, room)))
      .filter((file) => importsOf(file).some((specifier) => roomOf(file, specifier) === 'test'));
    expect(wrong).toEqual([]);
    expect(files(join(root, 'content'))).toEqual([]);
  });
});
