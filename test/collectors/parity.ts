import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Collector } from '../../collectors/define.ts';

/** What the sabotage suite holds: every check that a case turns, and the names of the look-alikes. */
export type Cases = { turned: ReadonlySet<string>; nearMisses: ReadonlySet<string> };

const headings = ['What it reads', 'Least privilege', 'Checks', 'How to fix', 'Limits'];
const files = ['collector.ts', 'schema.ts', 'assess.ts', 'README.md'];
/** How a test says which way of ending it is about: by a word of its name. */
const endings = {
  passed: /\bpass(es|ed)?\b/,
  failed: /\bfail(s|ed)?\b/,
  denied: /\bdenied\b/,
  'transient error': /\btransient\b/,
  empty: /\bempty\b/,
  partial: /\bpartial(ly)?\b/,
};
/** The look-alike of each check that the sabotage suite has one for. A test named `near miss of <check>` does as well. */
export const lookAlikes: Readonly<Record<string, string>> = {
  'every-tenant-table-has-row-security': 'enabled-reference-table',
  'no-cross-tenant-read': 'true-under-floor',
  'no-read-without-tenant': 'anonymous-true-without-privilege',
  'no-cross-tenant-write': 'for-all-without-check',
  'no-client-role-bypasses-row-security': 'membership-without-use',
  'no-path-around-row-security': 'invoker-view',
  'no-excess-privilege': 'references-privilege',
  'every-relation-is-declared': 'new-reference-table',
  'every-tenant-row-names-its-tenant': 'not-null-by-check',
};

/**
 * Every piece of a collector that is missing below `root`, one line each. Collectors of databases also need a sabotage and
 * a near miss of each check: in the sabotage suite or, where no database can be brought into that state, as tests named
 * `sabotage of <check>` and `near miss of <check>`.
 */
export function missingPieces(
  root: string,
  folder: string,
  { source, checks }: Pick<Collector, 'source' | 'checks'>,
  cases: Cases,
): string[] {
  const home = join(root, 'collectors', folder);
  const tests = testNames(join(root, 'test', 'collectors', folder));
  const readme = existsSync(join(home, 'README.md')) ? readFileSync(join(home, 'README.md'), 'utf8') : '';
  const listed = /^## Checks\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(readme)?.[1] ?? '';
  const found = [...readme.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  const named = (words: string) => tests.some((name) => name.includes(words));
  const missing = [
    ...files.filter((file) => !existsSync(join(home, file))),
    ...(found.join('\n') === headings.join('\n') ? [] : [`the headings ${headings.join(' · ')}`]),
    ...Object.keys(checks)
      .filter((check) => !listed.includes(`\`${check}\``))
      .map((check) => `${check} in the README`),
    ...Object.entries(endings)
      .filter(([, word]) => !tests.some((name) => word.test(name)))
      .map(([ending]) => `a test of: ${ending}`),
  ];
  if (source === 'postgres' || source === 'intake')
    for (const check of Object.keys(checks)) {
      if (!cases.turned.has(check) && !named(`sabotage of ${check}`)) missing.push(`a sabotage of ${check}`);
      if (!cases.nearMisses.has(lookAlikes[check] ?? '') && !named(`near miss of ${check}`))
        missing.push(`a near miss of ${check}`);
    }
  return missing.map((piece) => `${folder}: ${piece}`);
}

/** The names of all tests in a folder, also of those that are made of a table. */
function testNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      // The name stands after `it(`, or after the table of `it.each`.
      const names = text.matchAll(/(?:\b(?:it|test)(?:\.\w+)*|[\])])\(\s*(['`])((?:\\.|(?!\1).)*)\1/g);
      return [...names].map(([, , name = '']) => name);
    });
}
