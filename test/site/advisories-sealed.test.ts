import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encryptKey, generateKey, readPrivateKey } from 'openpgp';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { openpgpKey, readPublicKey } from '../../ledger/openpgp.ts';
import { canonicalJson } from '../../posture/digest.ts';
import { CSAF_FOLDER, csaf, csafPath } from '../../site/advisories/csaf.ts';
import { hashAdvisories, signAdvisories } from '../../site/advisories/seal.ts';
import { advisories, publisher } from './advisories.ts';

let armored = '';

beforeAll(async () => {
  armored = (await generateKey({ userIDs: [{ name: 'Larkspur', email: 'security@larkspur.example' }] })).privateKey;
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'candor-csaf-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** A built site with the documents alone, hashed, and signed where there is a key; gives the folder of one year. */
async function sealed(key: string | undefined): Promise<{ site: string; year: string }> {
  const site = await folder();
  for (const told of advisories) {
    const file = join(site, CSAF_FOLDER, 'white', csafPath(told));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${canonicalJson(csaf(told, publisher))}\n`);
  }
  await writeFile(join(site, CSAF_FOLDER, 'white', 'csaf-feed-tlp-white.json'), '{}');
  await hashAdvisories(site);
  const known = await openpgpKey({ CANDOR_OPENPGP_KEY: key }, site);
  if (known !== undefined) await signAdvisories(site, known);
  return { site, year: join(site, CSAF_FOLDER, 'white', '2026') };
}

/** What gpg says of a file in a home of its own that knows the public key alone. */
async function gpg(year: string, file: string): Promise<string> {
  const home = await folder();
  const key = (await readPrivateKey({ armoredKey: armored })).toPublic().armor();
  const run = (args: string[], input?: string) =>
    spawnSync('gpg', ['--homedir', home, '--batch', '--status-fd', '1', ...args], {
      input,
      encoding: 'utf8',
      cwd: year,
    });
  expect(run(['--import'], key).stdout).toContain('IMPORT_OK');
  return run(['--verify', `${file}.asc`, file]).stdout;
}

test.runIf(process.platform !== 'win32')(
  'sha256sum, sha512sum and gpg accept every document as it lies there, and none of them with another byte',
  async () => {
    const { year } = await sealed(armored);
    const { fingerprint } = await readPublicKey((await readPrivateKey({ armoredKey: armored })).toPublic().armor());
    const documents = (await readdir(year)).filter((name) => name.endsWith('.json'));
    expect(documents).toEqual(['most-2026-001.json', 'package-2026-002.json', 'withdrawn-2026-003.json']);
    const sums = (program: string, ending: string) =>
      documents.map((name) => spawnSync(program, ['-c', `${name}.${ending}`], { cwd: year }).status);
    expect([...sums('sha256sum', 'sha256'), ...sums('sha512sum', 'sha512')]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await gpg(year, documents[0] ?? '')).toMatch(new RegExp(`GOODSIG[^]*VALIDSIG ${fingerprint}`));

    const changed = join(year, documents[0] ?? '');
    await writeFile(changed, (await readFile(changed, 'utf8')).replace('1.9.4', '1.9.3'));
    expect([...sums('sha256sum', 'sha256'), ...sums('sha512sum', 'sha512')]).toEqual([1, 0, 0, 1, 0, 0]);
    expect(await gpg(year, documents[0] ?? '')).toContain('BADSIG');
  },
);

test('the same content gives the same bytes in every build, signatures too', async () => {
  const [first, second] = [await sealed(armored), await sealed(armored)];
  const names = await readdir(first.year);
  expect(names).toHaveLength(12);
  for (const name of names)
    expect(await readFile(join(first.year, name))).toEqual(await readFile(join(second.year, name)));
});

test('without a key there are hashes and no signature', async () => {
  const { year } = await sealed(undefined);
  expect(
    (await readdir(year))
      .map((name) => name.split('.').at(-1))
      .sort()
      .join(' '),
  ).toBe('json json json sha256 sha256 sha256 sha512 sha512 sha512');
});

test('OpenpgpKeyInvalid says what is wrong with a key, and nothing of it', async () => {
  const site = await folder();
  const say = (key: string) =>
    openpgpKey({ CANDOR_OPENPGP_KEY: key }, site).then(
      () => 'taken',
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'thrown'),
    );
  const privateKey = await readPrivateKey({ armoredKey: armored });
  const locked = (await encryptKey({ privateKey, passphrase: 'secret' })).armor();
  const past = { date: new Date('2020-01-01'), keyExpirationTime: 60 };
  const expired = (await generateKey({ userIDs: [{ name: 'Old' }], ...past })).privateKey;
  const source = 'the OpenPGP key in CANDOR_OPENPGP_KEY cannot be used';
  expect(await say(armored)).toBe('taken');
  expect(await say('nothing')).toBe(`OpenpgpKeyInvalid: ${source}: it is no armored private key.`);
  expect(await say(privateKey.toPublic().armor())).toBe(`OpenpgpKeyInvalid: ${source}: it is no armored private key.`);
  expect(await say(locked)).toBe(`OpenpgpKeyInvalid: ${source}: it is protected by a passphrase.`);
  expect(await say(expired)).toBe(`OpenpgpKeyInvalid: ${source}: it cannot sign, or no longer.`);
});

test.runIf(process.platform !== 'win32')('a key file that others can read is refused', async () => {
  const content = join(await folder(), 'content');
  await mkdir(content);
  const file = join(await folder(), 'key.asc');
  await writeFile(file, armored, { mode: 0o600 });
  expect((await openpgpKey({ CANDOR_OPENPGP_KEY_FILE: file }, content))?.publicKey).toContain('PUBLIC KEY');
  await chmod(file, 0o644);
  await expect(openpgpKey({ CANDOR_OPENPGP_KEY_FILE: file }, content)).rejects.toMatchObject({ name: 'KeysExposed' });
});
