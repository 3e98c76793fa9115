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
 * The first two of a kind are seen in light and dark and at both widths, the second the other way round: a scheme changes
 * colours and a width the layout. Those after them are alike but for their words: one look each, and none when axe has
 * seen all their elements beside each other before.
 */
function looksFor(nth: number): readonly (typeof looks)[number][] {
  if (nth < 2) return looks.slice(2 * nth, 2 * nth + 2);
  return looks.slice(nth % 4, (nth % 4) + 1);
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

const PARTS = 8;

for (const part of Array.from({ length: PARTS }, (_, index) => index))
  test(`axe finds nothing and nothing scrolls sideways, light and dark, 360 and 1440 pixels: part ${part + 1} of ${PARTS}`, async ({
    page,
  }) => {
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
      const axe = nth < 2 || shapes.some((shape) => !looked.has(shape)) ? looksFor(nth) : [];
      for (const shape of shapes) looked.add(shape);
      for (const look of looks) {
        const { colorScheme, width } = look;
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        const where = `${site.name}${path}, ${colorScheme}, ${width}`;
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(beyond, `${where}: pixels beyond the edge`).toBeLessThanOrEqual(0);
        if (!axe.includes(look)) continue;
        // Legacy mode leaves out a second page for frames, of which there are none.
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`);
        expect.soft(found, where).toEqual([]);
      }
    }
  });
