import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesBelow } from '../../cli/init/write.ts';
import { freePort } from '../../cli/site.ts';
import { Trust } from '../../schemas/index.ts';
import { editorSettings } from '../../schemas/json-schema.ts';
import { blocks } from './guide.ts';
import { dependencies, pack } from './pack.ts';
import { type Ended, openShell, root, type Shell } from './shell.ts';
import { canary, type Product, startProduct } from './tenants.ts';

/** One company goes the way of the guides, each command as it is written there. The tests follow one another. */
let shell: Shell;
let product: Product;
let packed: Awaited<ReturnType<typeof pack>>;
let installed: string;

beforeAll(async () => {
  product = await startProduct();
  shell = await openShell({ ADMIN_URL: product.adminUrl, DATABASE: product.place });
  packed = await pack(shell.folder());
}, 300_000);
afterAll(async () => {
  await shell?.close();
  await product?.stop();
});

const [make, keys, look, , logins, environment, collectAndLook, record] = blocks('first-evidence.md', 'sh');
const answers =
  '--name "Acme Tools" --legal-name "Acme GmbH" --product Anvil --url https://acme.dev --trust-url https://trust.acme.dev ' +
  '--security-email security@acme.dev --country DE --time-zone Europe/Berlin';

/** Runs a block of a guide. A server would never end, so it is left out. */
async function follow(block: string | undefined): Promise<Ended> {
  const script = block?.replace('npm run serve\n', '') ?? 'exit 9';
  const ended = await shell.run(script);
  expect(ended, script).toMatchObject({ code: 0 });
  return ended;
}

async function trust(): Promise<Trust> {
  return Trust.parse(JSON.parse(await readFile(join(shell.folder(), 'dist', 'trust.json'), 'utf8')));
}

function states(from: Trust): Record<string, string> {
  return Object.fromEntries(from.claims.map(({ id, state }) => [id, state]));
}

async function digest(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of await filesBelow(folder)) hash.update(path).update(await readFile(join(folder, path)));
  return hash.digest('hex');
}

test('the package is small, complete, and holds nothing of the demo', () => {
  console.log(`${packed.filename}: ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`);
  const paths = packed.files.map(({ path }) => path);
  // A third of it are declarations of types; the map of vendors has 483 entries; the forms are built from their sources.
  expect(packed.size).toBeLessThan(1_500_000);
  expect(paths.filter((path) => path.endsWith('.map') || /^(content|examples|bench)\//.test(path))).toEqual([]);
  expect(paths.filter((path) => path.startsWith('test/'))).toEqual(['test/collectors/_template/collector.test.ts']);
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'lib/cli/bin.js', 'lib/index.d.ts']));
  const schemas = Object.keys(editorSettings['yaml.schemas']).map((path) => path.replace('./node_modules/candor/', ''));
  expect(paths).toEqual(expect.arrayContaining(schemas));
});

test('whatever it imports is a dependency, or in it', () => {
  const known = dependencies();
  const inIt = new Set(packed.files.map(({ path }) => path));
  const strange = packed.files
    .filter(({ path }) => /^(?!test\/|.*_template).*\.(js|ts|astro)$/.test(path) && !path.endsWith('.d.ts'))
    .flatMap(({ path }) => {
      const text = readFileSync(join(root, path), 'utf8');
      return [...text.matchAll(/^(?:import|export)\s(?:[^;'"=]*?\bfrom\s)?\s*['"]([^'"]+)['"]/gm)].map(
        ([, name = '']) => ({
          path,
          name,
        }),
      );
    })
    .filter(({ name }) => !/^(node|virtual|astro):/.test(name))
    .filter(({ path, name }) =>
      name.startsWith('.')
        ? !inIt.has(join(path, '..', name.replace(/\?[a-z&]+$/, '')))
        : !known.some((each) => name === each || name.startsWith(`${each}/`)),
    );
  expect(strange).toEqual([]);
});

test('init, install, check', async () => {
  const [source = '', init = '', enter = '', install = '', check = ''] = make?.split('\n') ?? [];
  expect([source, init, enter, install, check]).toEqual([
    'npm ci && npm pack',
    'npm run candor -- init ../trust-center',
    'cd ../trust-center',
    'npm install ../candor/candor-0.1.0.tgz',
    'npm run check',
  ]);
  // It is packed already; the compiled command stands for the one in the source, and this folder for the one above it.
  const made = await follow(
    `"${process.execPath}" "${root}/lib/cli/bin.js" init trust-center ${answers}\n${enter.replace('../', '')}`,
  );
  expect(made.out).toContain('Nothing in it claims more than you told it');
  await follow(`npm install "${packed.tarball}"`);
  installed = await digest(join(shell.folder(), 'node_modules', 'candor'));
  expect((await follow(check)).out).toContain('The content is valid.');
  expect((await follow('node_modules/.bin/node --version')).out).toMatch(/^v24\./);
});

test('the keys are made outside the folder', async () => {
  const { out } = await follow(keys);
  expect(out + (await follow('ls "$HOME" .env')).out).toContain('trust-keys.pem');
});

test('the editor finds a schema for each kind of content', async () => {
  const settings = await readFile(join(shell.folder(), '.vscode', 'settings.json'), 'utf8');
  for (const file of Object.keys(editorSettings['yaml.schemas'])) {
    expect(settings).toContain(file);
    expect(existsSync(join(shell.folder(), file)), file).toBe(true);
  }
});

test('the page can be built before any evidence, and says so', async () => {
  await follow(look);
  expect(states(await trust())).toEqual({
    'rows-are-scoped': 'unknown',
    'reports-have-an-address': 'unbacked',
    'other-chapters': 'planned',
  });
  expect(await readFile(join(shell.folder(), 'dist', 'index.html'), 'utf8')).toContain('Acme Tools');
});

test('setup makes logins that doctor finds nothing wrong with', async () => {
  const file = join(shell.folder(), 'content', 'sources', 'app-db.yaml');
  const [expectation = ''] = blocks('first-evidence.md', 'yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/ {4}expect:[\s\S]*$/, expectation));
  await follow(logins);
  const { out } = await follow(environment);
  expect(out).not.toMatch(/missing|too much|error/);
  expect(out).toContain('app-db/postgres-row-security');
});

test('collect, build: the claim is verified by what was seen', async () => {
  const { err } = await follow(collectAndLook);
  expect(err).toMatch(/app-db\/postgres-row-security {2}checks: \d+ passed/);
  expect(states(await trust())['rows-are-scoped']).toBe('verified');
});

test('a protection that is taken away turns the claim to failing, with the table named', async () => {
  await product.sql('alter table projects disable row level security');
  const collected = await shell.run('npm run --silent collect -- --fail-on failed,error');
  expect(collected.code).toBe(1);
  await follow('npm run build');
  const claim = (await trust()).claims.find(({ id }) => id === 'rows-are-scoped');
  expect(claim?.state).toBe('failing');
  expect(JSON.stringify(claim)).toContain('public.projects');
  await product.sql('alter table projects enable row level security');
  await follow('npm run collect');
});

test('what git is given holds the evidence, and no secret', async () => {
  await follow(record);
  const { out } = await follow('git ls-files');
  expect(out).toContain('content/evidence/app-db/postgres-row-security.json\n');
  expect(out).toContain('content/ledger/log/checkpoint\n');
  expect(out).toContain('.github/workflows/trust.yml\n');
  expect(out).not.toMatch(/\.env|dist|node_modules|setup\.sql/);
  const { out: found } = await follow(`grep -rlE '${canary}|candor:.*@|PRIVATE KEY' content dist || true`);
  expect(found).toBe('');
});

test('a collector of the company’s own is tested, collected and shown, with no change to the site', async () => {
  const [scaffold, run] = blocks('write-a-collector.md', 'sh');
  const [source = ''] = blocks('write-a-collector.md', 'yaml');
  const { out } = await follow(scaffold);
  expect(out).toMatch(/pass [1-9]\d*\n/);
  expect(out).toContain('fail 0\n');
  const today = new Date().toISOString().slice(0, 10);
  const entries = [
    { id: 'supplier-one', owner: canary, reviewedOn: today },
    { id: 'supplier-two', owner: null, reviewedOn: today },
  ];
  await writeFile(join(shell.folder(), 'register.json'), JSON.stringify({ total: 2, entries }));
  await writeFile(join(shell.folder(), 'content', 'sources', 'registers.yaml'), source);
  const claim = 'title: Every supplier has an owner\nstatus: in-place\n';
  await writeFile(
    join(shell.folder(), 'content', 'claims', 'what-comes-next', 'suppliers-have-owners.mdx'),
    `---\n${claim}evidence: [registers/supplier-register#every-entry-has-an-owner]\n---\n`,
  );
  await follow(run);
  await follow('npm run build -- --production');
  expect(states(await trust())).toMatchObject({ 'rows-are-scoped': 'verified', 'suppliers-have-owners': 'failing' });
  const page = join(shell.folder(), 'dist', 'evidence', 'registers', 'supplier-register', 'index.html');
  const html = await readFile(page, 'utf8');
  expect(html).toContain('Supplier register');
  expect(html).toContain('supplier-two');
  expect(html).not.toContain(canary);
});

test('a collector that cannot be loaded is named, without a stack', async () => {
  const file = join(shell.folder(), 'collectors', 'supplier-register', 'collector.ts');
  const text = await readFile(file, 'utf8');
  await appendFile(file, "import 'nowhere';\n");
  const { code, err } = await shell.run('npx --no-install candor check');
  await writeFile(file, text);
  expect(code).toBe(2);
  expect(err).toContain('error CollectorInvalid: the collector in the folder `supplier-register` cannot be used');
  expect(err).not.toContain('    at ');
});

test('content/intake.yaml brings the forms, from the package alone and with a database in a folder', async () => {
  const content = join(shell.folder(), 'content');
  await mkdir(join(content, 'documents'), { recursive: true });
  const front =
    'title: Agreement\nkind: dpa\nversion: "1"\naccess: public\nowner: security-lead\npublishedOn: 2026-11-01\n';
  await writeFile(join(content, 'documents', 'agreement.md'), `---\n${front}---\n\nOf {{customer.name}}.\n`);
  await mkdir(join(content, 'roles'), { recursive: true });
  const role = 'title: Security lead\nkind: company\ndescription: Answers for security.\nholders: 1\n';
  await writeFile(join(content, 'roles', 'security-lead.yaml'), role);
  const clock = '  - { id: answered, title: A request is answered, starts: receipt, within: 48h, counts: calendar }\n';
  await writeFile(
    join(content, 'intake.yaml'),
    `url: https://trust.acme.dev\nsender: trust@acme.dev\ntemplate: agreement\nclocks:\n${clock}`,
  );
  const refused = await shell.run('npx --no-install candor serve');
  expect(refused.err).toContain('error MailUnset: the forms at https://trust.acme.dev have no mail server.');
  const port = await freePort(45_400, 50);
  const { out } = await follow(`
    # Not by npx, which would not pass the signal on; on the Node that npx would take.
    PATH="$PWD/node_modules/.bin:$PATH" node_modules/.bin/candor serve --port ${port} --url http://localhost:${port} > served.log 2>&1 & echo $! > served.pid
    until curl -sf http://localhost:${port}/requests/ > form.html; do kill -0 $(cat served.pid) || { cat served.log; exit 1; }; sleep 0.2; done
    curl -sf http://localhost:${port}/ > home.html
    kill $(cat served.pid); wait $(cat served.pid) || true
    cat form.html home.html; rm form.html home.html served.log served.pid`);
  expect(out).toContain('Ask for an agreement, a document or an answer');
  expect(out).toContain('Acme Tools');
  expect(existsSync(join(shell.folder(), 'intake-data'))).toBe(true);
});

test('the demo is not part of the package', async () => {
  const { code, err } = await shell.run('npx --no-install candor start');
  expect(code).toBe(2);
  // npm may have words of its own about the settings of whoever runs this.
  expect(err.replace(/^npm .*\n/gm, '')).toMatchInlineSnapshot(`
    "error DemoUnavailable: \`candor start\` runs the demo of Candor’s own repository.
      hint: in your own folder use \`candor collect\`, \`candor build\` and \`candor serve\`.
    "
  `);
});

test('nothing was written into the package', async () => {
  expect(await digest(join(shell.folder(), 'node_modules', 'candor'))).toBe(installed);
});
