import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Browser, expect, test } from '@playwright/test';
import { armor } from 'age-encryption';
import { Secret, TOTP } from 'otpauth';
import { startPostgres } from '../../examples/postgres-server.ts';
import { recipientsFile } from '../../intake/envelope/keys.ts';
import { packMessage, unpackReport } from '../../intake/envelope/report.ts';
import { open, seal } from '../../intake/envelope/seal.ts';
import { addAccount, memberOnMachine } from '../../intake/staff/accounts.ts';
import { openStore } from '../../intake/store/open.ts';
import { findAge } from '../intake/envelope/age.ts';
import { openMailbox } from '../intake/mail/servers.ts';
import { everythingIn } from '../intake/reports/everything.ts';
import { makePlace } from '../intake/web/process.ts';
import { aKey, disclosure, recipients, team } from '../intake/web/reporters.ts';
import { looksRight } from './looks.ts';
import { sites } from './sites.ts';

// From a report to the desk, to a reply, and back, by each of the three ways in, with a real browser, server and database.
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
test.describe.configure({ mode: 'serial' });

/** What must be nowhere in the clear. */
const CANARY = 'canary-4711';
const file = { name: `${CANARY}.html`, mimeType: 'text/html', buffer: Buffer.from(`<script>/* ${CANARY} */</script>`) };

running('encrypted in the browser, read and answered in the browser', async ({ browser, site }, info) => {
  const { page, messages, sent } = await opened(browser, site.url, true);
  await page.goto('/reports/');
  await looksRight(page);
  await page.getByLabel('Title').fill(`${CANARY} title`);
  await page.getByLabel('What is wrong').fill(`${CANARY}: <img src=x onerror=alert(1)>`);
  await page.getByLabel('Files').setInputFiles(file);
  await page.getByRole('button', { name: 'Encrypt and send' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'We have your report' })).toBeVisible({ timeout: 60_000 });
  const code = await page.locator('#receipt_code').innerText();
  const number = await page.locator('#receipt_number').innerText();
  // On paper: the way back is spelled out, and nothing is there to be pressed.
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: 'Copy' })).toBeHidden();
  const link = page.locator('#receipt_return');
  expect(await link.evaluate((anchor) => getComputedStyle(anchor, '::after').content)).toContain('/reports/case/');
  await page.emulateMedia({ media: null });
  await expect(page.getByRole('contentinfo')).toContainText('security@fern.swiss');

  const desk = await opened(browser, site.url, true);
  await desk.signIn(site.triagers.ada);
  await desk.page.goto('/inbox/reports/');
  await looksRight(desk.page);
  await desk.page.getByRole('link', { name: number.replace('vulnerability-report-', '') }).click();
  await looksRight(desk.page);
  const identity = info.outputPath('triager.key');
  await keep(identity, `# created\n${team[0]?.identity}\n`);
  const decrypt = async () => {
    await desk.page.getByLabel('Identity file').setInputFiles(identity);
    await desk.page.getByRole('button', { name: 'Decrypt here' }).click();
  };
  // With a key that does not open it: the reporter can be asked to send it again.
  await desk.page.getByText('Or paste it').click();
  await desk.page.getByLabel('Identity', { exact: true }).fill((await aKey()).identity);
  await desk.page.getByRole('button', { name: 'Decrypt here' }).click();
  await desk.page.getByRole('button', { name: 'Ask the reporter to send it again' }).click();
  const replying = desk.page.getByRole('region', { name: 'Write to the reporter', exact: true });
  await expect(replying.getByLabel('Text')).toHaveValue(/^We cannot open what you sent/);
  await decrypt();
  await expect(desk.page.getByText(`${CANARY}: <img src=x onerror=alert(1)>`)).toBeVisible();
  await looksRight(desk.page);
  const waiting = desk.page.waitForEvent('download');
  await desk.page.getByRole('link', { name: `${CANARY}.html` }).click();
  expect(await readFile(await (await waiting).path())).toEqual(file.buffer);
  await desk.page.getByRole('button', { name: 'Acknowledged' }).click();
  await expect(desk.page.getByText('Acknowledged. What is in it')).toBeVisible();
  await desk.page.getByLabel('CVSS vector').fill('CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N');
  await desk.page.getByLabel('CWE').fill('CWE-639');
  await desk.page.getByRole('button', { name: 'Keep it' }).click();
  await expect(desk.page.getByText('High', { exact: true })).toBeVisible();
  // The identity was chosen once: what is written is read at once, and what was begun elsewhere stays.
  await expect(desk.page.getByText(`${CANARY}: <img src=x onerror=alert(1)>`)).toBeVisible();
  await replying.getByLabel('Text').fill(`${CANARY} reply`);
  const note = desk.page.getByRole('region', { name: 'Note', exact: true });
  await note.getByLabel('Text').fill(`${CANARY} note`);
  await note.getByRole('button', { name: 'Encrypt and keep' }).click();
  await expect(desk.page.getByText('Note: done.')).toBeFocused();
  await expect(desk.page.getByText(`${CANARY} note`, { exact: true })).toBeVisible();
  await expect(note.getByLabel('Text')).toHaveValue('');
  // Somebody else was quicker: it is refused, and neither text nor file has to be given again.
  const other = await opened(browser, site.url, false);
  await other.signIn(site.triagers.dora);
  await other.page.goto(`/inbox/reports/${number}/`);
  await other.page.getByRole('button', { name: 'Assign', exact: true }).click();
  await replying.getByLabel('Files').setInputFiles(file);
  await replying.getByRole('button', { name: 'Encrypt and send' }).click();
  await expect(desk.page.getByRole('alert')).toContainText('This was not done');
  await expect(desk.page.getByText('Assigned to dora')).toBeVisible();
  await expect(replying.getByLabel('Text')).toHaveValue(`${CANARY} reply`);
  await replying.getByRole('button', { name: 'Encrypt and send' }).click();
  await expect(desk.page.getByText('Written to the reporter')).toBeVisible();
  await expect(desk.page.getByText(`${CANARY} reply`, { exact: true })).toBeVisible();
  await looksRight(desk.page);
  const exported = desk.page.waitForEvent('download');
  await desk.page.getByRole('button', { name: 'Save it all as text' }).click();
  const text = await readFile(await (await exported).path(), 'utf8');
  for (const part of [
    number,
    `Title: ${CANARY} title`,
    `${CANARY} note`,
    `${CANARY} reply`,
    `Attachment: 1-${CANARY}.html`,
  ])
    expect(text).toContain(part);

  await page.goto('/reports/case/');
  await looksRight(page);
  await page.getByLabel('Receipt code').fill(code.slice(1));
  await page.getByRole('button', { name: 'Open the case' }).click();
  await expect(page.getByText('This is no whole receipt code')).toBeVisible();
  await expect(page.getByLabel('Receipt code')).toBeFocused();
  await page.getByLabel('Receipt code').fill(code.toLowerCase().replaceAll('-', ' '));
  await page.getByRole('button', { name: 'Open the case' }).click();
  await expect(page.getByText(`${CANARY} reply`)).toBeVisible();
  await expect(page.getByRole('link', { name: `${CANARY}.html` })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'We know how severe it is' })).toBeVisible();
  await expect(page.getByText(`${CANARY} note`)).toHaveCount(0);
  await looksRight(page);
  await page.getByLabel('Message', { exact: true }).fill(`${CANARY} answer`);
  await page.getByLabel('Files').setInputFiles({ ...file, name: `${CANARY}-2.html` });
  await page.getByRole('button', { name: 'Encrypt and send' }).click();
  await expect(page.getByText('We have your message.')).toBeVisible();

  await desk.page.reload();
  // What does not come is not called closed: nobody is asked to send it again.
  await desk.page.context().setOffline(true);
  await decrypt();
  await expect(desk.page.getByText('This could not be loaded').first()).toBeVisible();
  await expect(desk.page.getByRole('button', { name: 'Ask the reporter' })).toHaveCount(0);
  await desk.page.context().setOffline(false);
  await decrypt();
  for (const text of ['note', 'reply', 'answer'])
    await expect(desk.page.getByText(`${CANARY} ${text}`, { exact: true })).toBeVisible();
  // Whoever goes back finds neither what was read nor what was begun, also where the browser kept the page.
  await replying.getByLabel('Text').fill(`${CANARY} begun`);
  desk.page.once('dialog', (dialog) => void dialog.accept());
  await desk.page.goto('/inbox/reports/');
  await desk.page.goBack();
  await expect(replying.getByLabel('Text')).toBeEnabled();
  await expect(replying.getByLabel('Text')).toHaveValue('');
  await decrypt();
  await expect(desk.page.getByText(`${CANARY} note`, { exact: true })).toBeVisible();
  const again = desk.page.waitForEvent('load');
  await desk.page.evaluate(() => {
    for (const name of ['pagehide', 'pageshow']) dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
  });
  await again;
  await expect(desk.page.getByText(`${CANARY} note`, { exact: true })).toHaveCount(0);
  await decrypt();
  await expect(desk.page.getByRole('link', { name: `1-${CANARY}-2.html` })).toBeVisible();
  for (const state of ['Confirmed', 'Fixed', 'Disclosed'])
    await desk.page.getByRole('button', { name: state, exact: true }).click();
  await expect(desk.page.getByText('Disclosed. What is in it')).toBeVisible();
  await page.reload();
  await page.getByLabel('Receipt code').fill(code);
  await page.getByRole('button', { name: 'Open the case' }).click();
  await expect(page.getByRole('heading', { name: 'It is published' })).toBeVisible();
  // The code, and what was written, left neither browser but encrypted.
  const all = [...sent, ...desk.sent].join('\n');
  expect(all).toContain('age-encryption.org/v1');
  for (const secret of [CANARY, code, code.replaceAll('-', ''), 'AGE-SECRET-KEY']) expect(all).not.toContain(secret);
  expect([...messages, ...desk.messages]).toEqual([]);

  // What is published is content, of the demo here, built into the static site with a form for machines.
  const [published] = sites().filter(({ name }) => name === 'own');
  await page.goto(`${published?.url}/advisories/`);
  await page.locator('main').getByRole('link').filter({ hasText: 'search' }).first().click();
  await expect(page.getByRole('heading', { name: 'What happened when' })).toBeVisible();
  const machine = await page.getByRole('link', { name: 'OSV' }).getAttribute('href');
  expect(await (await fetch(new URL(machine ?? '', page.url()))).json()).toMatchObject({
    schema_version: expect.stringMatching(/^1\./),
  });
});

running('without JavaScript, on both sides', async ({ browser, site }, info) => {
  const { page } = await opened(browser, site.url, false);
  await page.goto('/reports/plain/');
  await page.getByLabel('Title').fill(`${CANARY} plain`);
  await page.getByLabel('What is wrong').fill(`${CANARY} in words`);
  await page.getByLabel('Files').setInputFiles(file);
  await page.getByRole('button', { name: 'Send the report' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('We have your report');
  const [code = '', number = ''] = await page.locator('code').allInnerTexts();

  const desk = await opened(browser, site.url, false);
  await desk.signIn(site.triagers.ben);
  await desk.page.goto(`/inbox/reports/${number}/`);
  await looksRight(desk.page, false);
  const waiting = desk.page.waitForEvent('download');
  await desk.page.getByRole('link', { name: 'Save it encrypted' }).click();
  const report = unpackReport(await open(await readFile(await (await waiting).path()), team[1]?.identity ?? ''));
  expect(report.text).toBe(`${CANARY} in words`);
  expect(report.attachments.map(({ bytes }) => Buffer.from(bytes))).toEqual([file.buffer]);
  await desk.page.getByRole('button', { name: 'Acknowledged' }).click();
  // A number as pages show it is enough; why something was not done is said as a sentence.
  await desk.page.getByLabel('Number of the other report').fill('a1b2c3');
  await desk.page.getByRole('button', { name: 'It is a duplicate' }).click();
  const refused = desk.page.getByRole('alert');
  await expect(refused.locator('code').last()).toHaveText('vulnerability-report-a1b2c3');
  await expect(refused).toContainText('Name the report that is worked on.');
  await desk.page.getByRole('button', { name: 'Confirmed' }).click();
  await expect(desk.page.getByText('Confirmed. What is in it')).toBeVisible();
  // Nothing can be typed that would leave in the clear: whoever writes brings a file.
  const form = desk.page.getByRole('region', { name: 'Write to the reporter', exact: true });
  await expect(form.getByLabel('Text')).toBeDisabled();
  const replyTo = await site.replyTo(number);
  const reply = info.outputPath('reply.age');
  await keep(reply, await seal(packMessage(`${CANARY} by file`), [...recipients, replyTo]));
  await form.getByText('Or a file that you encrypted yourself').click();
  await form.getByLabel('Age file').setInputFiles(reply);
  await form.getByRole('button', { name: 'Encrypt and send' }).click();
  await expect(desk.page.getByText('Written to the reporter')).toBeVisible();

  await page.goto('/reports/case/');
  await page.getByRole('link', { name: 'let the server decrypt it in memory' }).click();
  await page.getByLabel('Receipt code').fill(code);
  await page.getByRole('button', { name: 'Open the case' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('We confirmed it');
  await expect(page.getByText(`${CANARY} by file`)).toBeVisible();
  await looksRight(page, false);
  await page.getByRole('textbox', { name: 'Message (optional)', exact: true }).fill(`${CANARY} thanks`);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('We have your message.')).toBeVisible();
  await expect(page.getByText(`${CANARY} thanks`)).toBeVisible();
});

running(
  'an age message made by oneself, by the age command alone, answered to a key of one’s own',
  async ({ browser, site }, info) => {
    const own = await ownAge(info.outputPath('age'));
    const { page } = await opened(browser, site.url, false);
    await page.goto('/reports/message/');
    const message = await own.seal(Buffer.from(`# Any tenant reads any other\n\n${CANARY} sealed\n`), recipients);
    await page.getByRole('textbox', { name: 'Message (optional)', exact: true }).fill(message);
    await page.getByLabel('Your own age recipient').fill(own.recipient);
    await page.getByRole('button', { name: 'Send the message' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('We have your report');
    const [code = '', number = ''] = await page.locator('code').allInnerTexts();

    const desk = await opened(browser, site.url, true);
    await desk.signIn(site.triagers.cleo);
    await desk.page.goto(`/inbox/reports/${number}/`);
    await desk.page.getByText('Or paste it').click();
    await desk.page.getByLabel('Identity', { exact: true }).fill(team[0]?.identity ?? '');
    await desk.page.getByRole('button', { name: 'Decrypt here' }).click();
    await expect(desk.page.getByText(`${CANARY} sealed`)).toBeVisible();
    const form = desk.page.getByRole('region', { name: 'Write to the reporter', exact: true });
    await form.getByLabel('Text').fill(`${CANARY} for your key`);
    await form.getByRole('button', { name: 'Encrypt and send' }).click();
    await expect(desk.page.getByText('Written to the reporter')).toBeVisible();

    // A guest is given a key once, and then reads and writes.
    const key = await aKey();
    await desk.page.getByLabel('Account of the guest').fill('gus');
    await desk.page.getByLabel('Their age recipients').fill(key.recipient);
    await desk.page.getByRole('button', { name: 'Share', exact: true }).click();
    const toGuests = desk.page.getByRole('region', { name: 'Write to the guests', exact: true });
    await toGuests.getByLabel('Text').fill(`${CANARY} for guests`);
    await toGuests.getByRole('button', { name: 'Encrypt and send' }).click();
    await expect(desk.page.getByText(`${CANARY} for guests`, { exact: true })).toBeVisible();
    const guest = await opened(browser, site.url, true);
    await guest.signIn(site.guest);
    await guest.page.goto(`/inbox/reports/${number}/`);
    await guest.page.getByText('Or paste it').click();
    await guest.page.getByLabel('Identity', { exact: true }).fill(key.identity);
    await guest.page.getByRole('button', { name: 'Decrypt here' }).click();
    await expect(guest.page.getByText('1 of 1 message decrypted.')).toBeVisible();
    await guest.page.getByLabel('Text').fill(`${CANARY} of a guest`);
    await guest.page.getByRole('button', { name: 'Encrypt and send' }).click();
    await expect(guest.page.getByText(`${CANARY} of a guest`, { exact: true })).toBeVisible();
    await looksRight(guest.page);
    expect([...desk.messages, ...guest.messages]).toEqual([]);

    await page.goto('/reports/case/plain/');
    await page.getByLabel('Receipt code').fill(code);
    await page.getByRole('button', { name: 'Open the case' }).click();
    const text = await page.getByText('-----BEGIN AGE ENCRYPTED FILE-----').last().innerText();
    expect(unpackReport(await own.open(text)).text).toBe(`${CANARY} for your key`);
    const answer = info.outputPath('answer.age');
    await keep(answer, await own.seal(Buffer.from(`${CANARY} sealed answer`), [...recipients, own.recipient]));
    await page.getByText('Or an age message that you made yourself').click();
    await page.getByLabel('Or as a file').setInputFiles(answer);
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(page.getByText('We have your message.')).toBeVisible();
  },
);

running('nothing of it is in the clear, in no table, letter, log or file', async ({ site }) => {
  const all = await site.everything();
  expect(all).toContain('vulnerability-report-');
  expect(all).toContain('age-encryption.org/v1');
  expect(all).not.toContain(CANARY);
});

type Factors = Awaited<ReturnType<typeof addAccount>>;

/** A window of a browser of its own, with what its console said and what it sent. */
async function opened(browser: Browser, url: string, javaScriptEnabled: boolean) {
  const context = await browser.newContext({ javaScriptEnabled, baseURL: url });
  const page = await context.newPage();
  const messages: string[] = [];
  const sent: string[] = [];
  page.on('console', (message) => {
    // An icon is not built here. Advice on forms, as on the one to sign in with, is no fault.
    const isFault = message.type() === 'error' || message.type() === 'warning';
    if (isFault && !message.text().startsWith('Failed to load resource')) messages.push(message.text());
  });
  page.on('pageerror', (error) => messages.push(error.message));
  // Bodies with files are seen as they pass, not through the window.
  await context.route('**/*', async (route) => {
    sent.push(`${route.request().url()} ${route.request().postDataBuffer()?.toString('latin1') ?? ''}`);
    await route.continue();
  });
  const signIn = async ({ key, seed }: Factors) => {
    await page.goto('/inbox/sign-in/');
    await page.getByLabel('Key').fill(key);
    await page.getByLabel('Code').fill(new TOTP({ secret: Secret.fromBase32(seed) }).generate());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Reports');
  };
  return { page, messages, sent, signIn };
}

/** Writes a file, with its folder. */
/**
 * A key of one’s own, and what is encrypted and decrypted with it: by the age command, by the library where there is none.
 */
async function ownAge(folder: string) {
  const command = findAge();
  if (command === undefined) {
    const { identity, recipient } = await aKey();
    return {
      recipient,
      seal: async (plain: Uint8Array, to: readonly string[]) => armor.encode(await seal(plain, to)),
      open: async (armored: string): Promise<Uint8Array> => open(armor.decode(armored), identity),
    };
  }
  const [key, keys] = [join(folder, 'own.key'), join(folder, 'keys.txt')];
  const run = (program: string, args: string[], input?: string | Uint8Array): Buffer => {
    const { status, stdout, stderr } = spawnSync(program, args, { input });
    if (status !== 0) throw new Error(String(stderr));
    return stdout;
  };
  await mkdir(folder, { recursive: true });
  run(command.keygen, ['-pq', '-o', key]);
  return {
    recipient: run(command.keygen, ['-y', key]).toString().trim(),
    seal: async (plain: Uint8Array, to: readonly string[]) => {
      await keep(keys, recipientsFile(to));
      return run(command.age, ['-a', '-R', keys], plain).toString();
    },
    open: async (armored: string): Promise<Uint8Array> => run(command.age, ['-d', '-i', key], armored),
  };
}

async function keep(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function start() {
  const postgres = await startPostgres();
  const mailbox = await openMailbox();
  const place = await makePlace(disclosure());
  const served = await place.serve({ DATABASE_URL: postgres.url(), CANDOR_SMTP: mailbox.url });
  const store = await openStore({ url: postgres.url() });
  const { db } = store;
  const at = new Date();
  const account = (id: string, role: 'administrator' | 'triager' | 'guest') => ({
    id,
    role,
    email: `${id}@fern.swiss`,
  });
  await addAccount(db, account('root', 'administrator'), { by: undefined, issuer: 'Fern', at });
  const by = await memberOnMachine(db, 'root');
  const made = (id: string, role: 'triager' | 'guest' = 'triager') =>
    addAccount(db, account(id, role), { by, issuer: 'Fern', at });
  return {
    url: place.url,
    triagers: { ada: await made('ada'), ben: await made('ben'), cleo: await made('cleo'), dora: await made('dora') },
    guest: await made('gus', 'guest'),
    replyTo: async (submission: string) => {
      const found = await db
        .selectFrom('report')
        .select('replyTo')
        .where('submission', '=', submission)
        .executeTakeFirst();
      return found?.replyTo ?? '';
    },
    /** All that anybody who has the machine could read. */
    everything: async () => {
      const files = (await readdir(place.folder, { recursive: true, withFileTypes: true }))
        // Not what is linked to: the packages.
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1'));
      const letters = mailbox.arrived.map(({ raw }) => raw);
      return [await everythingIn(db), ...(await Promise.all(files)), ...letters, ...place.said].join('\n');
    },
    stop: async () => {
      await store.close();
      served.kill('SIGTERM');
      await once(served, 'exit');
      await mailbox.close();
      await place.remove();
      await postgres.stop();
    },
  };
}
