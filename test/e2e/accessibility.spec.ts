import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { pagesOf, sites } from './sites.ts';

const looks = [
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 1440 },
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 360 },
] as const;

/** What the pages of one template have in common: `/claims/x/` and `/claims/y/` are one kind. */
function kindOf(path: string): string {
  return path
    .replace(/^(\/(?:claims|documents)\/).+/, '$1*')
    .replace(/^(\/evidence\/).+/, '$1*')
    .replace(/\d+/, '*');
}

/**
 * The first of a kind is seen in light and in dark, on a phone and on a wide screen: a scheme changes colours alone, and a width
 * the layout. Those after it are alike but for their words: one look each, in turn all four, and none when axe has seen all
 * their elements beside each other before.
 */
function looksFor(nth: number): readonly (typeof looks)[number][] {
  return nth === 0 ? looks.slice(0, 2) : looks.slice((nth + 1) % 4, ((nth + 1) % 4) + 1);
}

/** What a page is made of: each element with its classes inside which other, and whether it is empty. */
function shapesOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const tag = (element: Element | null) =>
      `${element?.tagName}.${element?.getAttribute('class')} ${element?.getAttribute('role')}`;
    const shapes = [...document.querySelectorAll('body *')].map(
      (element) => `${tag(element.parentElement)} > ${tag(element)} ${element.textContent.trim() === ''}`,
    );
    return [...new Set(shapes)];
  });
}

// One for each worker: what one of them has seen the other does not know of.
const PARTS = 2;

for (const part of Array.from({ length: PARTS }, (_, index) => index))
  test(`axe finds nothing and nothing scrolls sideways, light and dark, 360 and 1440 pixels: part ${part + 1} of ${PARTS}`, async ({
    page,
  }) => {
    test.setTimeout(600_000);
    const seen = new Map<string, number>();
    const all = sites().flatMap((site) =>
      pagesOf(site).map((path) => {
        const nth = seen.get(kindOf(path)) ?? 0;
        seen.set(kindOf(path), nth + 1);
        return { site, path, nth };
      }),
    );
    const looked = new Set<string>();
    for (const { site, path, nth } of all.filter((_, index) => index % PARTS === part)) {
      await page.goto(site.url + path);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      const shapes = await shapesOf(page);
      const axe = nth === 0 || shapes.some((shape) => !looked.has(shape)) ? looksFor(nth) : [];
      for (const shape of shapes) looked.add(shape);
      // A scheme moves nothing, so one of the two is enough for what is beyond the edge.
      for (const width of [360, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(beyond, `${site.name}${path}, ${width}: pixels beyond the edge`).toBeLessThanOrEqual(0);
        for (const { colorScheme } of axe.filter((look) => look.width === width)) {
          await page.emulateMedia({ colorScheme });
          // What passes is not described, which is a third of the time; legacy mode leaves out a second page for frames.
          const { violations } = await new AxeBuilder({ page })
            .options({ resultTypes: ['violations'] })
            .setLegacyMode()
            .analyze();
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`);
          expect.soft(found, `${site.name}${path}, ${colorScheme}, ${width}`).toEqual([]);
        }
      }
    }
  });
