import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { world } from './sites.ts';

const claim = '/claims/every-table-is-guarded/';
const validUntil = '2026-11-10T09:00:00Z';

test('the script that downgrades is at most 1 KB', () => {
  expect(statSync(join(world().dist, 'downgrade.js')).size).toBeLessThanOrEqual(1024);
});

test('a verified claim stays verified until its date, and not a second longer', async ({ page }) => {
  await page.clock.setFixedTime(new Date(Date.parse(validUntil) - 1000));
  await page.goto(world().url + claim);
  const badge = page.locator('.verdict .badge');
  await expect(badge).toHaveText('Verified');
  await expect(page.getByText('the look is recent')).toBeVisible();

  await page.clock.setFixedTime(new Date(Date.parse(validUntil) + 1000));
  await page.reload();
  await expect(badge).toHaveText('Stale');
  await expect(badge).toHaveAttribute('data-state', 'stale');
  await expect(page.getByText('the look is recent')).toBeHidden();
  // What is true for ever stays as it was.
  await expect(page.locator('.verdict')).toContainText('valid until 10 Nov 2026');
});

test('past its date no badge of the overview is green, failing ones stay red, and the figure says so', async ({
  page,
}) => {
  await page.clock.setFixedTime('2028-01-01T00:00:00Z');
  await page.goto(`${world().url}/`);
  const states = page.locator('.claim-row .badge');
  await expect(states.filter({ hasText: 'Verified' })).toHaveCount(0);
  await expect(states.filter({ hasText: 'Attested' })).toHaveCount(0);
  await expect(states.filter({ hasText: 'Failing' })).not.toHaveCount(0);
  await expect(page.getByText('some of this evidence has passed its date since')).toBeVisible();
  await expect(page.locator('.coverage')).toContainText('as of 3 Nov 2026');
});

test('a note says that a new look is due, once it is', async ({ page }) => {
  await page.clock.setFixedTime('2026-11-03T11:00:00Z');
  await page.goto(world().url + claim);
  const note = page.locator('.verdict').getByText('a new look is due');
  await expect(note).toBeHidden();
  await page.clock.setFixedTime('2026-11-04T09:00:01Z');
  await page.reload();
  await expect(note).toBeVisible();
});
