import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { startPostgres } from '../../examples/postgres-server.ts';
import { inspectAge } from '../../intake/envelope/inspect.ts';
import { fingerprint } from '../../intake/envelope/keys.ts';
import { keysOf } from '../../intake/envelope/receipt.ts';
import { unpackReport } from '../../intake/envelope/report.ts';
import { open } from '../../intake/envelope/seal.ts';
import { reportOpenedBy } from '../../intake/reports/access.ts';
import { openStore } from '../../intake/store/open.ts';
import { makePlace } from '../intake/web/process.ts';
import { aKey, disclosure, recipients, team } from '../intake/web/reporters.ts';
import { looksRight } from './looks.ts';
import { sites } from './sites.ts';

// Lane A: the browser encrypts. A real server with a real database; what is wrong with a request is really wrong with it.
test.describe('a report that the browser encrypts', () => {
  test.describe.configure({ mode: 'serial' });
  const running = test.extend<object, { site: Awaited<ReturnType<typeof start>> }>({
    site: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
      async ({}, use) => {
        const site = await start();
        await use(site);
        await site.stop();
      },
      { scope: 'worker', timeout: 60_000 },
    ],
  });

  running(
    'arrives with 10 MB of files while the page stays usable, and its code leads back to it',
    async ({ page, site }) => {
      const said = listen(page);
      await page.goto(`${site.url}/reports/`);
      // Nothing of the form can be sent but by its script.
      expect(await page.locator('#report_form [name], #report_form[action], #report_form [formaction]').count()).toBe(
        0,
      );
      await page.getByRole('button', { name: 'Encrypt and send' }).click();
      await expect(page.getByRole('alert').getByRole('link', { name: 'What is wrong' })).toBeVisible();
      await fill(page);
      await expect(page.getByText('3.9 is not a version of Fern that we support')).toBeVisible();
      await looksRight(page);
      const bytes = Buffer.alloc(10 * 2 ** 20 - 1000, 'canary');
      await page
        .getByLabel('Files')
        .setInputFiles({ name: 'proof.bin', mimeType: 'application/octet-stream', buffer: bytes });
      const code = page.locator('#receipt_code');
      // Before the server has it there is no code to be seen.
      await page.route('**/reports/sealed/', async (route) => {
        expect(await code.textContent()).toBe('');
        await route.continue();
      });
      await page.evaluate(watchTheClock);
      await page.getByRole('button', { name: 'Encrypt and send' }).click();
      await expect(page.getByRole('heading', { name: 'We have your report' })).toBeVisible({ timeout: 60_000 });
      // Work in the page itself would be one gap as long as the work.
      const { longest, whole, turns } = await page.evaluate(readTheClock);
      expect(turns).toBeGreaterThan(10);
      expect(longest, `${longest} of ${whole} ms, ${turns} turns`).toBeLessThan(whole / 3);
      await looksRight(page);

      // The same keys follow from the code here as in the browser, and each of the team reads what was written.
      const { access } = await keysOf((await code.textContent()) ?? '');
      const number = await reportOpenedBy(site.store.db, access);
      expect(number).toBe(await page.locator('#receipt_number').textContent());
      const ciphertext = await site.ciphertext(number ?? '');
      for (const { identity } of team) {
        const { fields, text, attachments } = unpackReport(await open(ciphertext, identity));
        expect(fields[0]).toEqual(['Title', 'Invoices of others can be read']);
        expect(text).toContain('The number in the address is not checked.');
        expect(attachments.map((file) => [file.name, hash('sha256', file.bytes)])).toEqual([
          ['1-proof.bin', hash('sha256', bytes)],
        ]);
      }
      expect(said()).toEqual([]);
    },
  );

  running('keeps the draft through replaced keys and a used proof, and is one report', async ({ page, site }) => {
    const before = await site.count();
    // A page that was opened before a key was replaced.
    const { recipient: replaced } = await aKey();
    await page.route(`${site.url}/reports/`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll(recipients[0] ?? '', replaced) });
    });
    await page.goto(`${site.url}/reports/`);
    await fill(page);
    const send = page.getByRole('button', { name: 'Encrypt and send' });
    await send.click();
    const told = page.getByText('Our keys were replaced while you wrote, and nothing was taken in.');
    await expect(told).toContainText(await fingerprint(recipients[0] ?? ''));
    expect(await site.count()).toBe(before);
    await expect(page.getByLabel('Title')).toHaveValue('Invoices of others can be read');
    // The answer is lost, and the report is not: what is sent again is the same message of it.
    await page.route(
      '**/reports/sealed/',
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await send.click();
    await expect(page.getByText('No answer came.')).toBeVisible({ timeout: 60_000 });
    expect(await site.count()).toBe(before + 1);
    // A challenge that was solved before: the page gets another one and solves it, without a word.
    await page.route('**/reports/challenge.json', (route) => route.fulfill({ json: site.used }));
    await send.click();
    await expect(page.getByRole('heading', { name: 'We have your report' })).toBeVisible({ timeout: 60_000 });
    expect(await site.count()).toBe(before + 1);
    expect(await site.messages((await page.locator('#receipt_number').textContent()) ?? '')).toBe(1);
  });

  running('is not lost when the database is away: no receipt, the draft, a file to mail', async ({ page, site }) => {
    await page.goto(`${site.url}/reports/`);
    await fill(page);
    await site.loseDatabase();
    await page.getByRole('button', { name: 'Encrypt and send' }).click();
    await expect(page.getByText('Nothing was taken in. Try again in a few minutes')).toBeVisible({ timeout: 60_000 });
    await expect(page.locator('#receipt_code')).toBeEmpty();
    await expect(page.getByRole('link', { name: 'security@fern.swiss' }).first()).toBeVisible();
    await expect(page.getByLabel('Title')).toHaveValue('Invoices of others can be read');
    expect((await saved(page)).stanzas).toHaveLength(2);
    // It never became another kind of report.
    await expect(page).toHaveURL(`${site.url}/reports/`);
  });
});

test('without JavaScript the form is not there, and the ways without it are', async ({ browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(`${ownSite().url}/disclosure/report/`);
  await expect(page.getByRole('heading', { name: 'Your browser does not encrypt here' })).toBeVisible();
  await expect(page.locator('#report_form')).toBeHidden();
  await expect(page.getByRole('heading', { name: 'With the age command alone' })).toBeVisible();
  await page.context().close();
});

test('a site without a server makes a file of a report, with the script whose digest it publishes', async ({
  page,
}) => {
  const said = listen(page);
  const { url, dist } = ownSite();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${url}/disclosure/report/`);
  await page.getByLabel('Title').fill('Invoices of others can be read');
  await page.getByLabel('What is wrong').fill('The number in the address is not checked.');
  asked.length = 0;
  await page.getByRole('button', { name: 'Encrypt' }).click();
  await expect(page.getByRole('heading', { name: 'Your report as an encrypted file' })).toBeVisible({
    timeout: 60_000,
  });
  expect((await saved(page)).stanzas).toHaveLength(2);
  expect(asked).toEqual([]);
  const served = Buffer.from(await (await fetch(`${url}/disclosure/report.js`)).arrayBuffer());
  const published = JSON.parse(readFileSync(join(dist, 'disclosure', 'bundle.json'), 'utf8'));
  expect(published).toEqual({
    schema: 'candor/report-script@1',
    path: '/disclosure/report.js',
    bytes: served.length,
    sha256: hash('sha256', served),
  });
  await expect(page.getByText(published.sha256)).toBeVisible();
  expect(said()).toEqual([]);
});

async function start() {
  const postgres = await startPostgres();
  const more = 'products:\n  - { name: Fern, versions: ["4.1", "4.2"] }\n';
  const place = await makePlace(disclosure(undefined, more));
  const served = await place.serve({ DATABASE_URL: postgres.url(), CANDOR_SMTP: '' });
  const store = await openStore({ url: postgres.url() });
  // The script is the same here as on the static site.
  const script = await (await fetch(`${place.url}/disclosure/report.js`)).text();
  expect(script).toBe(readFileSync(join(ownSite().dist, 'disclosure', 'report.js'), 'utf8'));
  const used = await (await fetch(`${place.url}/reports/challenge.json`)).json();
  let isLost = false;
  const loseDatabase = async () => {
    if (isLost) return;
    isLost = true;
    await store.close();
    await postgres.stop();
  };
  return {
    url: place.url,
    store,
    /** A challenge that is not valid any more: its signature is that of another. */
    used: { ...used, signature: used.signature.replace(/^./, (first: string) => (first === '0' ? '1' : '0')) },
    count: async () => (await store.db.selectFrom('report').select('submission').execute()).length,
    messages: async (number: string) =>
      (await store.db.selectFrom('reportMessage').select('id').where('submission', '=', number).execute()).length,
    ciphertext: async (number: string) => {
      const { ciphertext } = await store.db
        .selectFrom('reportMessage')
        .select('ciphertext')
        .where('submission', '=', number)
        .executeTakeFirstOrThrow();
      return ciphertext ?? new Uint8Array();
    },
    loseDatabase,
    stop: async () => {
      served.kill('SIGTERM');
      await once(served, 'exit');
      await loseDatabase();
      await place.remove();
    },
  };
}

function ownSite() {
  const own = sites().find(({ name }) => name === 'own');
  if (own === undefined) throw new Error('The site of this repository was not built.');
  return own;
}

/** What a page said on its console, but for what it tells its visitor itself. */
function listen(page: Page): () => string[] {
  const said: string[] = [];
  page.on('console', (message) => {
    if (!message.text().startsWith('Failed to load resource')) said.push(message.text());
  });
  page.on('pageerror', ({ message }) => said.push(message));
  return () => said;
}

async function fill(page: Page): Promise<void> {
  await page.getByLabel('Title').fill('Invoices of others can be read');
  await page.getByLabel('What is wrong').fill('The number in the address is not checked.');
  await page.getByLabel('Product').selectOption('Fern');
  await page.getByLabel('Version').fill('3.9');
}

/** What the page offers to save. */
async function saved(page: Page) {
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save report.age' }).click();
  return inspectAge(await readFile(await (await waiting).path()));
}

/** Notes the time at every turn of the page's own thread, as long as it packs and encrypts. */
function watchTheClock(): void {
  const turns: number[] = [];
  const turn = () => {
    if (document.getElementById('report_doing')?.textContent?.startsWith('Packing')) turns.push(performance.now());
    document.body.dataset.turns = JSON.stringify(turns);
    setTimeout(turn, 5);
  };
  turn();
}

function readTheClock(): { longest: number; whole: number; turns: number } {
  const turns: number[] = JSON.parse(document.body.dataset.turns ?? '[]');
  const gaps = turns.slice(1).map((at, index) => at - (turns[index] ?? at));
  return { longest: Math.max(...gaps), whole: (turns.at(-1) ?? 0) - (turns[0] ?? 0), turns: turns.length };
}
