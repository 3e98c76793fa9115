import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute, root } from './shell.ts';
import { candor } from './terminal.ts';

/** A copy of this repository, so that what is made is not left in it. */
let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'candor-new-'));
  const rooms = ['cli', 'collectors', 'ledger', 'loader', 'posture', 'schemas', 'site', 'test/collectors/_template'];
  for (const path of [
    ...rooms,
    'index.ts',
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
    'test/setup.ts',
    'test/collectors/parity.ts',
  ])
    await cp(join(root, path), join(copy, path), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** The command of the copy. */
const run = (...argv: string[]) => execute(process.execPath, ['cli/bin.ts', ...argv], copy);

describe('a new collector in this repository', () => {
  test('is made, with its tests, under its own name', async () => {
    const { code, out } = await run('new', 'collector', 'device-register');
    expect(code).toBe(0);
    expect(out).toContain('npx vitest run test/collectors/device-register\n');
    const text = await readFile(join(copy, 'collectors', 'device-register', 'collector.ts'), 'utf8');
    expect(text).toContain("id: 'device-register',\n  title: 'Device register',");
    expect(text).toContain("from '../../index.ts'");
    expect(await readFile(join(copy, 'collectors', 'device-register', 'README.md'), 'utf8')).toMatch(
      /^# Device register\n/,
    );
  });

  test('passes its tests and the types', async () => {
    const bin = join(root, 'node_modules', '.bin');
    const tests = await execute(join(bin, 'vitest'), ['run', 'test/collectors/device-register'], copy);
    expect(tests.out + tests.err).toMatch(/9 passed/);
    expect(tests.code).toBe(0);
    const config = {
      extends: './tsconfig.json',
      include: ['collectors/device-register', 'test/collectors/device-register'],
    };
    await writeFile(join(copy, 'tsconfig.new.json'), JSON.stringify(config));
    expect(await execute(join(bin, 'tsc'), ['-p', 'tsconfig.new.json'], copy)).toEqual({ code: 0, out: '', err: '' });
  });

  test('is known to the commands, and the template is not', async () => {
    await mkdir(join(copy, 'content'));
    const { out } = await run('docs');
    expect(out).toContain('device-register');
    expect(out).not.toContain('example-register');
  });

  test('lacks no piece', async () => {
    const script = `import { missingPieces } from './test/collectors/parity.ts';
      import collector from './collectors/device-register/collector.ts';
      const none = { turned: new Set(), nearMisses: new Set() };
      console.log(JSON.stringify(missingPieces('.', collector.id, collector, none)));`;
    const { out } = await execute(process.execPath, ['--input-type=module-typescript', '-e', script], copy);
    expect(out).toBe('[]\n');
  });

  test('is not made twice, nor in place of one of candor’s', async () => {
    const again = await run('new', 'collector', 'device-register');
    expect(again.code).toBe(2);
    expect(again.err).toMatchInlineSnapshot(`
      "error CollectorExists: there is already a collector \`device-register\` in collectors/device-register/.
        hint: choose another id.
      "
    `);
    const taken = await run('new', 'collector', 'postgres-row-security');
    expect(taken.code).toBe(2);
    expect(taken.err).toContain('there is already a collector `postgres-row-security`');
  });

  test.each([
    [['new']],
    [['new', 'claim', 'x']],
    [['new', 'collector']],
    [['new', 'collector', 'a', 'b']],
    [['new', 'collector', '../up']],
    [['new', 'collector', '_template']],
  ])('is not made by: candor %j', async (argv) => {
    const { code, err } = await candor(copy, argv);
    expect(code).toBe(2);
    expect(err).toMatch(/^error UsageInvalid: [^\n]+\n {2}hint: usage: candor new collector ID\n$/);
  });
});
