import type { Id } from '../../schemas/index.ts';
import { type Known, SourceUnreadable } from '../define.ts';
import type { VendorReading } from './assess.ts';
import { dayOf, declaredVendors } from './declared.ts';
import { createMatcher, type Matcher, type MatcherOptions } from './matcher.ts';

/** What a collector of vendors needs of the company’s own declarations: the map to look up in, and the list for its Raw. */
export type Comparison = { matcher: Matcher } & Pick<VendorReading, 'today' | 'declared'>;

/** Throws SourceUnreadable (`configuration`) when `notSubprocessors` names what is no vendor of the map. */
export function comparisonWith(
  { now, content }: Pick<Known, 'now' | 'content'>,
  expect: { notSubprocessors: Readonly<Record<Id, string>> } & Pick<MatcherOptions, 'ownHosts' | 'notVendors'>,
): Comparison {
  const { ownHosts, notVendors } = expect;
  const matcher = createMatcher({ content, ...(ownHosts && { ownHosts }), ...(notVendors && { notVendors }) });
  const ids = new Set(matcher.vendors.map(({ id }) => id));
  const stranger = Object.keys(expect.notSubprocessors).find((id) => !ids.has(id));
  if (stranger !== undefined)
    throw new SourceUnreadable(
      'configuration',
      `\`notSubprocessors\` names \`${stranger}\`, which is no vendor of the map.`,
    );
  return { matcher, today: dayOf(now), declared: declaredVendors(content, matcher.vendors) };
}
