import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { simpleParser } from 'mailparser';
import { startPostgres } from '../../examples/postgres-server.ts';
import { sealOf } from '../../intake/document/seal.ts';
import { makeSealKey, parseSealKey } from '../../intake/document/seal-key.ts';
import { openssl } from '../intake/document/openssl.ts';
import { openMailbox } from '../intake/mail/servers.ts';
import { makePlace } from '../intake/web/process.ts';
import { ada, letterTo } from '../intake/web/running.ts';
import { looksRight } from './looks.ts';

// From the form to the sealed PDF in a real browser, with a real mail server in between, on both databases.
for (const store of ['PGlite', 'PostgreSQL'])
  test.describe(`an agreement, ${store}`, () => {
    test.describe.configure({ mode: 'serial' });
    const running = test.extend<object, { site: Awaited<ReturnType<typeof start>> }>({
      site: [
        // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
        async ({}, use) => {
          const site = await start(store);
          await use(site);
          await site.stop();
        },
        { scope: 'worker', timeout: 60_000 },
      ],
    });

    for (const javaScriptEnabled of [true, false])
      running(
        `from the form to the sealed PDF, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`,
        async ({ browser, site }, info) => {
          const context = await browser.newContext({ javaScriptEnabled });
          const page = await context.newPage();
          const messages: string[] = [];
          // A form that needs a correction is answered with 422, which browsers note, too; so is an icon that is not built here.
          page.on('console', (message) => {
            if (!message.text().startsWith('Failed to load resource')) messages.push(message.text());
          });
          page.on('pageerror', (error) => messages.push(error.message));
          const { mailbox, url, certificate } = site;
          const form = ada();

          await page.goto(`${url}/requests/`);
          await looksRight(page, javaScriptEnabled);
          for (const [label, value] of [
            ['Company', form.company],
            ['Its web address', form.website],
            ['Who signs', form.signatory],
            ['Their role', form.signatoryRole],
            ['E-mail address', form.email],
          ] as const)
            await page.getByLabel(label).fill(value);
          await page.getByLabel('Country').selectOption('CH');
          await page.getByLabel('Standard contractual clauses, module two').check();
          await page.getByRole('button', { name: 'Send the request' }).click();

          await expect(page.getByRole('heading', { level: 1 })).toHaveText('Please confirm your address');
          await looksRight(page, javaScriptEnabled);
          const letter = await letterTo(mailbox, form.email, /confirm/);
          const code = /\d{3} \d{3}/.exec(letter.text ?? '')?.[0] ?? '';
          await page.getByLabel('The code from our letter').fill(code === '111 111' ? '222222' : '111111');
          await page.getByRole('button', { name: 'Confirm' }).click();
          await expect(page.getByText('This is not the code of our newest letter.')).toBeVisible();
          await page.getByLabel('The code from our letter').fill(code);
          await page.getByRole('button', { name: 'Confirm' }).click();

          await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your agreement is ready');
          await page.getByRole('link', { name: 'Read and accept the agreement' }).click();
          await expect(page.getByText('Disks are encrypted').first()).toBeVisible();
          await looksRight(page, javaScriptEnabled);
          await page.getByLabel('Your full name').fill('Ada Example');
          await page.getByLabel('Your role').fill('Managing director');
          for (const box of await page.getByRole('checkbox').all()) await box.check();
          await page.getByRole('button', { name: 'Accept the agreement' }).click();

          await expect(page.getByRole('heading', { level: 1 })).toHaveText('The agreement is sealed');
          await looksRight(page, javaScriptEnabled);
          const waiting = page.waitForEvent('download');
          await page
            .getByRole('link', { name: /PDF|Download/i })
            .first()
            .click();
          const pdf = await readFile(await (await waiting).path());
          const file = info.outputPath('agreement.pdf');
          await writeFile(file, pdf);
          const seal = sealOf(pdf);
          expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
          expect(seal && (await openssl(seal, certificate))).toBe('CMS Verification successful');

          // The same bytes went to both, by mail.
          for (const to of [form.email, 'trust@fern.swiss']) {
            const copy = await letterWithFile(mailbox, to, pdf);
            expect(copy?.contentType).toBe('application/pdf');
          }
          expect(messages).toEqual([]);
          await context.close();
        },
      );
  });

async function start(store: string) {
  const postgres = store === 'PostgreSQL' ? await startPostgres() : undefined;
  const mailbox = await openMailbox();
  const place = await makePlace();
  const seal = await makeSealKey('Fern GmbH', new Date('2026-01-01'), new Date('2099-01-01'));
  const served = await place.serve({
    DATABASE_URL: postgres?.url() ?? '',
    CANDOR_SMTP: mailbox.url,
    CANDOR_SEAL: seal,
  });
  return {
    url: place.url,
    mailbox,
    certificate: parseSealKey(seal).certificate.toString(),
    stop: async () => {
      served.kill('SIGTERM');
      await once(served, 'exit');
      await mailbox.close();
      await place.remove();
      await postgres?.stop();
    },
  };
}

async function letterWithFile(mailbox: Awaited<ReturnType<typeof openMailbox>>, to: string, file: Buffer) {
  for (;;) {
    for (const { raw } of mailbox.arrived.filter((letter) => letter.to.includes(to))) {
      const { attachments } = await simpleParser(Buffer.from(raw, 'latin1'));
      const found = attachments.find(({ content }) => content.equals(file));
      if (found !== undefined) return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
