import { chmod, mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderFailure } from '../../../collectors/repository-vendors/folder.ts';
import { known, subprocessor } from '../vendors/company.ts';
import { look, repository, vendorsIn } from './repository.ts';

const stripe = { 'package.json': '{"dependencies":{"stripe":"17"}}' };
const list = known(subprocessor('stripe'));

describe('how a look ends', () => {
  test('passed: every vendor is declared', async () => {
    const { lines, population } = await look(
      await repository({ ...stripe, 'src/a.ts': 'process.env.STRIPE_KEY' }),
      list,
    );
    expect(lines).toEqual([
      'Stripe passed: It is seen in the repository, by the npm package stripe and the environment variable STRIPE_*, and is declared.',
      'Source files passed: It was read.',
      'npm manifests and locks passed: It was read.',
    ]);
    expect(population).toMatchObject({ count: 2, complete: true });
  });

  test('failed: a vendor that nobody declared', async () => {
    const { lines } = await look(
      await repository({ ...stripe, 'go.mod': 'require github.com/openai/openai-go v1' }),
      list,
    );
    expect(lines[0]).toBe(
      'OpenAI failed: It is seen in the repository, by the Go module github.com/openai/openai-go, and is not on the list of subprocessors (openai in the map of vendors).',
    );
  });

  test('denied: the folder may not be read', () => {
    const error = Object.assign(new Error('EACCES: canary'), { code: 'EACCES' });
    expect(folderFailure(error)).toMatchObject({ kind: 'denied', message: 'The folder may not be read.' });
  });

  test.skipIf(process.getuid?.() === 0)('denied, on a real disk', async () => {
    const root = await repository(stripe);
    await chmod(root, 0o000);
    await expect(look(root)).rejects.toMatchObject({ kind: 'denied' });
    await chmod(root, 0o700);
  });

  test('transient error: the disk does not answer, or the run is stopped', async () => {
    expect(folderFailure(Object.assign(new Error('canary'), { code: 'EIO' }))).toMatchObject({ kind: 'transient' });
    await expect(look(await repository(stripe), list, {}, AbortSignal.abort())).rejects.toMatchObject({
      kind: 'transient',
      message: 'The run was stopped before all files were read.',
    });
  });

  test('empty: a folder without any such file has nothing to judge', async () => {
    const { findings, population } = await look(await repository({ 'README.md': 'stripe' }), list);
    expect(findings).toEqual([]);
    expect(population).toMatchObject({ count: 0, complete: true });
  });

  test('partial: what cannot be parsed makes the whole look incomplete, and is told without its text', async () => {
    const { lines, population, published } = await look(
      await repository({ ...stripe, 'web/package.json': '{canary' }),
      list,
    );
    expect(population).toMatchObject({ count: 2, complete: false });
    expect(lines.at(-1)).toBe('npm manifests and locks failed: 1 of 2 could not be read: 1 is no valid JSON.');
    expect(published).not.toContain('canary');
  });

  test('a folder that is not there, is a file, or is not named is a wrong configuration', async () => {
    const root = await repository(stripe);
    for (const [folder, message] of [
      [join(root, 'nowhere'), 'There is no folder of that name.'],
      [join(root, 'package.json'), 'What the source names is no folder.'],
    ] as const)
      await expect(look(folder)).rejects.toMatchObject({ kind: 'configuration', message });
  });
});

describe('every-observed-vendor-is-declared', () => {
  const outcomes = async (files: Record<string, string>, intent = {}) =>
    (await look(await repository({ ...stripe, ...files }), list, intent)).findings
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ check, subject }) => `${check} ${subject}`);

  test.each([
    ['a dependency', { 'web/package.json': '{"dependencies":{"posthog-js":"1"}}' }],
    ['an environment variable in the code', { 'src/a.py': 'os.environ["POSTHOG_KEY"]' }],
    ['an example of an environment file', { '.env.example': 'NEXT_PUBLIC_POSTHOG_KEY=\n' }],
    ['a gem', { Gemfile: 'gem "posthog-ruby"' }],
    ['a module of Go', { 'go.mod': 'require github.com/posthog/posthog-go v1' }],
    ['a Maven artifact', { 'build.gradle': "implementation 'com.posthog.java:posthog:1'" }],
  ])('sabotage of every-observed-vendor-is-declared: %s', async (_, files) => {
    expect(await outcomes(files)).toEqual(['every-observed-vendor-is-declared PostHog']);
  });

  test.each([
    [
      'a package that only sounds alike',
      { 'web/package.json': '{"dependencies":{"posthog-jsx":"1","my-stripe":"1"}}' },
    ],
    ['a tool of development', { 'web/package.json': '{"devDependencies":{"posthog-js":"1"}}' }],
    ['what somebody else asks for', { 'package-lock.json': '{"packages":{"node_modules/posthog-js":{}}}' }],
    ['a fixture of tests', { 'test/fixtures/package.json': '{"dependencies":{"posthog-js":"1"}}' }],
    ['an installed package', { 'node_modules/posthog-js/package.json': '{"dependencies":{"posthog-js":"1"}}' }],
    ['a secret of CI', { '.github/workflows/ci.yml': `run: x \${{ secrets.POSTHOG_KEY }}` }],
    ['prose', { 'docs/posthog.md': 'process.env.POSTHOG_KEY' }],
    ['a real environment file, which is never opened', { '.env': 'POSTHOG_KEY=canary' }],
  ])('near miss of every-observed-vendor-is-declared: %s', async (_, files) => {
    expect(await outcomes(files)).toEqual([]);
  });

  test('what others ask for counts where the company says so', async () => {
    const lock = { 'package-lock.json': '{"packages":{"node_modules/posthog-js":{}}}' };
    expect(await outcomes(lock, { transitive: true })).toEqual(['every-observed-vendor-is-declared PostHog']);
  });

  test('what only develops, or only others ask for, is counted', async () => {
    const { facts } = await look(
      await repository({
        'package.json': '{"dependencies":{"stripe":"1"},"devDependencies":{"posthog-js":"1","@stripe/x":"1"}}',
        'package-lock.json': '{"packages":{"node_modules/twilio":{},"node_modules/stripe":{}}}',
      }),
      list,
    );
    expect(facts).toMatchObject({ vendorCount: 1, vendorsInDevelopmentOnly: 1, vendorsAskedForByOthersOnly: 1 });
  });
});

describe('every-file-was-read', () => {
  const failed = async (files: Record<string, string | Uint8Array>) =>
    (await look(await repository({ ...stripe, ...files }), list)).lines.filter((line) => line.includes(' failed: '));

  test.each([
    ['JSON', { 'web/package.json': '{"dependencies": {' }, 'is no valid JSON'],
    ['TOML', { 'pyproject.toml': 'a = = b' }, 'is no valid TOML'],
    ['XML', { 'pom.xml': '<project>' }, 'is no well-formed XML'],
    ['a text in no UTF-8', { 'web/package.json': new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]) }, 'is no UTF-8 text'],
    ['a binary file', { 'requirements.txt': new Uint8Array([0, 1, 2, 255]) }, 'is no UTF-8 text'],
  ])('sabotage of every-file-was-read: %s', async (_, files, problem) => {
    const lines = await failed(files);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(problem);
  });

  test('near miss of every-file-was-read: a link, a byte order mark, odd line ends, source in another encoding', async () => {
    const root = await repository({
      'web/package.json': '\uFEFF{"dependencies":{"stripe":"1"}}',
      'requirements.txt': 'stripe\r\nopenai\r\n'.replace('openai', 'left-pad'),
      'src/latin.php': Buffer.from("<?php // caf\u00e9 \n env('STRIPE_KEY');", 'latin1'),
      'data/blob.bin': new Uint8Array([0, 255]),
    });
    await symlink(root, join(root, 'loop'));
    await symlink('/etc/hostname', join(root, 'hostname'));
    await symlink('nowhere', join(root, '.#lock'));
    await symlink('requirements.txt', join(root, 'requirements-prod.txt'));
    await mkdir(join(root, 'empty'));
    const { lines, facts, population } = await look(root, list);
    expect(lines.filter((line) => line.includes(' failed: '))).toEqual([]);
    expect(facts).toMatchObject({ linksNotFollowed: 4, filesRead: 3 });
    expect(population.complete).toBe(true);
  });
});

describe('a link is not followed', () => {
  test.each([
    ['a manifest that leads out', '/etc/hostname', 'go.mod', '1 is a link to what is not read'],
    ['a manifest that leads nowhere', 'gone', 'web/package.json', '1 is a link to what is not read'],
    ['a manifest under another name', '../deps.list', 'web/requirements.txt', '1 is a link to what is not read'],
    ['a folder outside', tmpdir(), 'shared', '1 could not be entered'],
  ])('sabotage of every-file-was-read: %s', async (_, target, path, problem) => {
    const root = await repository({ ...stripe, 'web/a.txt': '', 'deps.list': 'posthog\n' });
    await symlink(target, join(root, path));
    const { lines, population } = await look(root, list);
    expect(lines.filter((line) => line.includes(' failed: ')).join()).toContain(problem);
    expect(population.complete).toBe(false);
  });
});

describe('hostile repositories', () => {
  test('a manifest with 100,000 dependencies', async () => {
    const dependencies = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`package-${index}`, '1']));
    const { facts, redactions } = await look(
      await repository({ 'package.json': JSON.stringify({ dependencies: { ...dependencies, stripe: '1' } }) }),
      list,
    );
    expect(facts.vendors).toEqual(['stripe: npm stripe']);
    expect(redactions).toContainEqual(expect.objectContaining({ what: 'names of npm packages', count: 100_000 }));
  });

  test('a lock of 50 MB', async () => {
    const one = (index: number) => `"node_modules/package-${index}":{"integrity":"${'x'.repeat(180)}"}`;
    const text = `{"packages":{${Array.from({ length: 230_000 }, (_, index) => one(index)).join(',')},"node_modules/twilio":{}}}`;
    expect(text.length).toBeGreaterThan(50_000_000);
    const { facts } = await look(await repository({ ...stripe, 'package-lock.json': text }), list);
    expect(facts).toMatchObject({ vendorCount: 1, vendorsAskedForByOthersOnly: 1 });
  });

  test('a file that is larger than anybody writes is not read, and told', async () => {
    const { lines, population } = await look(
      await repository({ 'package.json': new Uint8Array(65 * 1024 * 1024) }),
      list,
    );
    expect(lines).toEqual(['npm manifests and locks failed: 1 of 1 could not be read: 1 is larger than 64 MB.']);
    expect(population.complete).toBe(false);
  });

  test.each([
    ['blanks', 'build.gradle', `implementation${' '.repeat(2_000_000)}x`],
    ['blanks in an example', '.env.example', `${' '.repeat(2_000_000)}x`],
    ['braces', 'a.ts', '{'.repeat(2_000_000)],
    ['one long word', 'build.gradle', 'a'.repeat(2_000_000)],
    ['deep JSON', 'package.json', `{"dependencies":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['deep TOML', 'pyproject.toml', `a = ${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('no text makes a reader slow or break: %s', async (_, path, text) => {
    expect(await vendorsIn({ ...stripe, [path === 'package.json' ? 'web/package.json' : path]: text })).toEqual([
      'stripe',
    ]);
  });

  test('deep folders end', async () => {
    const deep = Array.from({ length: 80 }, () => 'd').join('/');
    const { lines } = await look(await repository({ ...stripe, [`${deep}/package.json`]: '{}' }), list);
    expect(lines).toContain('Folders failed: 1 could not be entered, or held too much.');
  });
});

test('canary: no private name, value or path leaves', async () => {
  const { published } = await look(
    await repository({
      'canary-folder/package.json':
        '{"name":"canary-name","dependencies":{"@canary/private":"git+ssh://canary@host","@sentry/canary-fork":"1"}}',
      'canary-folder/requirements.txt': 'canary-package\n--index-url https://canary:canary@host',
      Dockerfile: 'FROM registry.canary.internal/canary:1\nENV STRIPE_CANARY_KEY=canary CANARY_TOKEN=canary\n',
      '.env.example': 'STRIPE_CANARY=canary\n',
      '.env': 'STRIPE_SECRET=canary\n',
      'src/canary.ts': 'process.env.CANARY_SECRET; process.env.TWILIO_CANARY',
      'canary/pom.xml': '<project><canary></project>',
    }),
  );
  expect(published.toLowerCase()).not.toContain('canary');
  expect(published).toContain('STRIPE_*');
});
