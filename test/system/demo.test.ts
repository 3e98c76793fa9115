import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../examples/demo/demo.ts';
import { writeDemoEnvironment } from '../../examples/demo/environment.ts';
import { privateWords } from '../../examples/demo/private-words.ts';
import type { DerivedClaim } from '../../schemas/index.ts';
import { findBrowser } from '../browser.ts';
import { ensureBrowser } from '../browser-install.ts';
import { builtTrust, everything, makeWorkspace, page, run, sql, type Workspace } from './workspace.ts';

// The line through the whole house, on a live database, in the order in which a sceptic would try it.
let demo: Demo;
let workspace: Workspace;
const said: string[] = [];
/** What was seen when all was good again, by a command that was asked to fail for what is wrong besides. */
let good: Awaited<ReturnType<typeof look>> | undefined;

beforeAll(async () => {
  expect(await ensureBrowser()).toBe(true);
  process.env.CANDOR_CHROMIUM ??= findBrowser();
  [demo, workspace] = await Promise.all([startDemo(), makeWorkspace()]);
  await writeDemoEnvironment(demo.environment, workspace.root);
});
afterAll(async () => {
  await demo?.stop();
  await workspace?.remove();
});

/** Collects and builds as a person would, and gives the claim that cites the broken check. `options`: sources, when not all. */
async function look(...options: string[]): Promise<{ claim: DerivedClaim; html: string; collected: number | null }> {
  const collected = await run(workspace.root, ['collect', ...options]);
  const built = await run(workspace.root, ['build']);
  said.push(collected.out, collected.err, built.out, built.err);
  expect(built.code, built.err).toBe(0);
  const claim = (await builtTrust(workspace.root)).claims.find(({ id }) => id === 'rows-are-scoped');
  if (claim === undefined) throw new Error('the claim is not on the page');
  return { claim, html: await page(workspace.root, 'claims/rows-are-scoped'), collected: collected.code };
}

describe('the demo', () => {
  test('is valid content', async () => {
    const { code, out, err } = await run(workspace.root, ['check']);
    expect(err).toBe('');
    expect({ code, out }).toEqual({ code: 0, out: 'The content is valid.\n' });
  });

  test('shows the claim as verified, and its honest imperfections as what they are', async () => {
    const { claim, collected } = await look();
    expect(collected).toBe(0);
    expect(claim.state).toBe('verified');
    const { states, demo: isDemo, coverage } = await builtTrust(workspace.root);
    expect(isDemo).toBe(true);
    for (const state of ['failing', 'unknown', 'accepted-risk', 'planned', 'attested', 'unbacked'] as const)
      expect(states[state], state).toBeGreaterThan(0);
    expect(coverage.percent).toBeLessThan(100);
  });

  test('names the vendor that nobody declared, on the page and in the claim', async () => {
    const { claims } = await builtTrust(workspace.root);
    const pages = claims.find(({ id }) => id === 'pages-reach-the-list-alone');
    expect(pages?.state).toBe('failing');
    expect(pages?.reason).toContain('Segment (Twilio)');
    // It runs last, so it has compared what the others saw in the same run.
    const list = claims.find(({ id }) => id === 'the-list-is-complete');
    expect(list?.reason).toContain(
      'Segment (Twilio): Seen by product-addresses/http-vendors and product-pages/browser-vendors',
    );
    expect(await page(workspace.root, 'subprocessors')).toContain('<strong>Segment (Twilio)</strong>');
  });

  test('row-level security switched off: failing, with the table named', async () => {
    expect((await sql(workspace.root, 'alter table tickets disable row level security')).code).toBe(0);
    const { claim, html } = await look('app-db');
    expect(claim.state).toBe('failing');
    expect(claim.reason).toContain('public.tickets');
    expect(html).toContain('public.tickets');
  });

  test('switched on again: verified again', async () => {
    expect((await sql(workspace.root, 'alter table tickets enable row level security')).code).toBe(0);
    good = await look('app-db', '--fail-on', 'failed');
    expect(good.claim.state).toBe('verified');
  });

  test('the command line exits with 1 when it is asked to fail', () => {
    expect(good?.collected).toBe(1);
  });

  test('a production build refuses the demonstration', async () => {
    const { code, err } = await run(workspace.root, ['build', '--production']);
    expect(code).toBe(1);
    expect(err).toMatch(/^error BuildDemoInProduction: the source `[a-z-]+` is a demonstration/);
  });

  test('the database stopped: unknown, never failing, and the old date stays', async () => {
    await demo.stopDatabase();
    const { claim, html, collected } = await look();
    // The list of subprocessors is content, and can be read all the same.
    expect(collected).toBe(0);
    expect((await run(workspace.root, ['collect', 'app-db'])).code).toBe(3);
    expect(claim.state).toBe('unknown');
    expect(good?.claim.observedAt).toMatch(/^20/);
    expect(claim.observedAt).toBe(good?.claim.observedAt);
    expect(html).toContain(good?.claim.observedAt?.slice(0, 16));
  });

  test('no document that is given to some is in what was built: neither its name nor its bytes', async () => {
    const gated = demo.environment.CANDOR_GATED ?? '';
    const papers = await readdir(gated);
    expect(papers).toHaveLength(2);
    const built = (await readdir(join(workspace.root, 'dist'), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    expect(built.length).toBeGreaterThan(60);
    for (const paper of papers) {
      const bytes = await readFile(join(gated, paper));
      // From the middle of it, where no other PDF is the same.
      const part = bytes.subarray(bytes.length / 2, bytes.length / 2 + 64);
      for (const { name, parentPath } of built) {
        const file = await readFile(join(parentPath, name));
        expect([name, file.includes(paper), file.includes(part)]).toEqual([name, false, false]);
      }
    }
    // Nor would the package hold any.
    const { files } = JSON.parse(await readFile(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'));
    expect(files.filter((name: string) => /^(?:gated|content|\.|\*|\/)/.test(name))).toEqual([]);
  });

  test('nothing private has left: no canary, no name of a visitor, no password, in anything that was written or printed', async () => {
    const { root } = workspace;
    const written = await everything(join(root, 'content', 'evidence'), join(root, 'dist'));
    expect(written.length).toBeGreaterThan(60);
    const passwords = Object.values(demo.environment)
      .filter((value) => URL.canParse(value))
      .map((url) => new URL(url).password)
      .filter((password) => password !== '');
    expect(passwords.length).toBeGreaterThan(3);
    const secrets = [privateWords, ...passwords.map((password) => new RegExp(password))];
    for (const secret of secrets) {
      expect(written.filter(({ text }) => secret.test(text)).map(({ file }) => file)).toEqual([]);
      expect(said.filter((text) => secret.test(text))).toEqual([]);
    }
    // The scan can fail: the file that holds the passwords is found by it.
    const environment = await readFile(join(root, '.candor', 'demo.env'), 'utf8');
    expect(passwords.every((password) => environment.includes(password))).toBe(true);
  });
});
