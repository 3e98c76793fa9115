import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ReleaseChanges, Trust } from '../../schemas/index.ts';
import { stateWords } from '../../site/words/state-words.ts';
import { readJson, world } from './sites.ts';

test('the list has every version, newest first, with its reason and its changes', async ({ page }) => {
  await page.goto(`${world().url}/versions/`);
  await expect(page.locator('.versions td[data-label="Version"]')).toHaveText(['Version 3', 'Version 2', 'Version 1']);
  await expect(page.locator('.versions td[data-label="Reason"]')).toHaveText([
    'As every week',
    'A promise <withdrawn> & a plan made',
    'The first of them',
  ]);
  await expect(page.locator('.versions td[data-label="Changes"]')).toHaveText([
    'none in version 3',
    '3 in version 2',
    'first version in version 1',
  ]);
  // Three of one day: the time tells them apart.
  await expect(page.locator('.versions td[data-label="Published"]')).toHaveText([
    '3 Nov 2026, 10:20 UTC',
    '3 Nov 2026, 10:15 UTC',
    '3 Nov 2026, 10:10 UTC',
  ]);
});

test('a version shows every claim as it was, each at an address of its own', async ({ page }) => {
  const site = world();
  const trust = Trust.parse(readJson(site, 'versions/1/trust.json'));
  await page.goto(`${site.url}/versions/1/`);
  await expect(page.getByText('This is a frozen version.')).toBeVisible();
  for (const { id, title, state } of trust.claims) {
    const row = page.locator(`[id="${id}"]`);
    await expect(row.locator('.claim-title')).toContainText(title);
    await expect(row.locator('.badge').first()).toHaveText(stateWords[state].word);
    await expect(row.getByRole('link', { name: `link to “${title}” as of this version` })).toHaveAttribute(
      'href',
      `#${id}`,
    );
  }
  // What is gone today is still there.
  await expect(page.locator('#old-promise .claim-title')).toContainText('We reply within the hour & <always>');
});

test('a version needs no script, and its styles are kept with it', async ({ page }) => {
  await page.goto(`${world().url}/versions/2/`);
  expect(await page.locator('script').count()).toBe(0);
  const styles = await page
    .locator('link[rel="stylesheet"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  expect(styles).toHaveLength(1);
  expect(styles[0]).toMatch(/^\/versions\/assets\/[\w-]+\.css$/);
});

test('a version is published byte for byte as it was kept', () => {
  const { content, dist } = world();
  const kept = join(content, 'ledger', 'versions');
  const files = readdirSync(kept, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(20);
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name).slice(kept.length);
    expect(readFileSync(join(dist, 'versions', file)).equals(readFileSync(join(kept, file))), file).toBe(true);
  }
});

test('any two versions can be compared, in either direction, and say what the page of changes says', async ({
  page,
}) => {
  const site = world();
  await page.goto(`${site.url}/versions/compare/`);
  await page.getByLabel('From version').fill('1');
  await page.getByLabel('to version').fill('3');
  await page.getByRole('button', { name: 'Compare' }).click();
  const result = page.locator('#difference');
  await expect(result.getByRole('heading', { level: 2 })).toHaveText('From version 1 to version 3');
  const there = await result.locator('.change-list').innerText();
  const changes = ReleaseChanges.parse(readJson(site, 'versions/2/changes.json'));
  for (const { title } of changes.claims) expect(there).toContain(title);

  await page.goto(`${site.url}/versions/3/changes/#since-1`);
  await page.locator('#since-1').evaluate((details) => details.setAttribute('open', ''));
  expect(await page.locator('#since-1 .change-list').innerText()).toBe(there);
  await expect(page.locator('#since-1 summary')).toHaveText('Since version 1, of 3 Nov 2026, 10:10 UTC');
  const reasons = [
    'Version 3 3 Nov 2026, 10:20 UTC As every week',
    'Version 2 3 Nov 2026, 10:15 UTC A promise <withdrawn> & a plan made',
  ];
  await expect(page.locator('.reasons > li')).toHaveText(reasons);

  await page.goto(`${site.url}/versions/compare/?a=3&b=1`);
  await expect(result).toContainText('We reply within the hour & <always> added');
  await expect(result.locator('.reasons > li')).toHaveText(reasons);
  await page.goto(`${site.url}/versions/compare/?a=2&b=3`);
  await expect(result).toContainText('No claim, subprocessor or document changed.');
  await expect(result).toContainText('Coverage stayed at 9 %.');
  await expect(result.locator('.reasons > li')).toHaveText(reasons.slice(0, 1));
  await page.goto(`${site.url}/versions/compare/?a=2&b=99`);
  await expect(result).toContainText('One of these versions could not be read.');
});

test('without JavaScript the comparison says so, and leads to the pages that compare', async ({ browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(`${world().url}/versions/compare/?a=1&b=2`);
  await expect(page.getByRole('button', { name: 'Compare' })).toBeDisabled();
  await expect(page.getByText('Without JavaScript the button does nothing')).toBeVisible();
  await page.getByRole('link', { name: 'changes of each version' }).click();
  await expect(page).toHaveURL(/\/versions\/3\/changes\/$/);
});
