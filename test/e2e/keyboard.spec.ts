import { expect, test } from '@playwright/test';
import { world } from './sites.ts';

test('the keyboard reaches everything, in the order of the page, and one sees where it is', async ({ page }) => {
  const site = world();
  for (const path of ['/', '/isolation/', '/claims/few-rights/']) {
    await page.goto(site.url + path);
    await page.clock.setFixedTime(site.now);
    const expected = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>('a[href], summary, [tabindex="0"]')].filter((element) =>
          element.checkVisibility({ contentVisibilityAuto: true }),
        ).length,
    );
    const seen: string[] = [];
    for (let step = 0; step < expected; step += 1) {
      await page.keyboard.press('Tab');
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return {
          name: `${element.tagName} ${element.textContent}`,
          outline: outlineStyle !== 'none' && outlineWidth !== '0px',
        };
      });
      expect(focus, `${path}: the focus is lost after ${seen.join(', ')}`).toBeDefined();
      expect(focus?.outline, `${path}: ${focus?.name} shows no focus`).toBe(true);
      seen.push(focus?.name ?? '');
    }
    expect(seen[0], path).toContain('Skip to the content');
    await page.keyboard.press('Tab');
    const left = await page.evaluate(
      () => document.activeElement === document.body || document.activeElement?.className === 'skip',
    );
    expect(left, `${path}: more can be reached than is expected`).toBe(true);
  }
});

test('the skip link moves to the content, and a legend opens with Enter', async ({ page }) => {
  await page.goto(`${world().url}/`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.locator('.legend summary').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('A live system was examined, everything passed, and the look is recent.')).toBeVisible();
});
