import { describe, expect, test } from 'vitest';
import { publishReviews } from '../../posture/access/published.ts';
import { standingOf } from '../../posture/access/standing.ts';
import { PublishedReviews } from '../../schemas/index.ts';
import { closedReview, daysOn, listOf, NOW, openedReview, person } from '../collectors/access/lists.ts';
import { contentWith } from './worlds.ts';

const list = listOf([
  person('canary-ada'),
  person('canary-ben', { roles: ['canary-role'], also: ['canary@mail.example'] }),
]);
const closed = (days: number) => closedReview(list, {}, { at: daysOn(days), by: 'canary-rita', id: `closed-${-days}` });
const open = (days: number) => openedReview(list, { at: daysOn(days) });

describe('where the reviews of a system stand', () => {
  test.each([
    ['never', [], null],
    ['open', [open(-1)], null],
    ['overdue', [open(-15)], null],
    ['closed', [closed(-91)], daysOn(1)],
    ['overdue', [closed(-93)], daysOn(-1)],
    ['open', [closed(-91), open(-13)], daysOn(1)],
    ['overdue', [closed(-10), open(-15)], daysOn(82)],
    ['overdue', [closed(-93), open(-1)], daysOn(-1)],
    ['closed', [closed(-200), closed(-10)], daysOn(82)],
  ] as const)('%s', (state, reviews, nextDueAt) => {
    expect(standingOf(reviews, '92d', NOW)).toMatchObject({ state, nextDueAt });
  });
});

describe('what is published of reviews', () => {
  test('is counts and dates, and names nobody', () => {
    const content = contentWith({ accessReviews: [closed(-10), open(-1)] });
    const published = PublishedReviews.parse(publishReviews(content, [], NOW));
    expect(JSON.stringify(published)).not.toContain('canary');
    expect(published.systems).toMatchObject([
      {
        system: 'store/import-access',
        every: null,
        state: null,
        lastClosedAt: daysOn(-10),
        nextDueAt: null,
        reviews: [
          { closedAt: null, decided: { keep: 0, undecided: 2 } },
          { closedAt: daysOn(-10), entries: 2, decided: { keep: 2, undecided: 0 }, reviewerRole: null },
        ],
      },
    ]);
  });

  test('says which was the first, also when older files were deleted', () => {
    const first = closedReview(list, {}, { at: daysOn(-100), id: 'first' });
    const { data, ...entry } = closed(-10);
    const second = { ...entry, data: { ...data, previous: 'first' } };
    const firsts = (accessReviews: (typeof first)[]) =>
      publishReviews(contentWith({ accessReviews }), [], NOW).systems[0]?.reviews.map((review) => review.first);
    expect(firsts([first, second])).toEqual([false, true]);
    expect(firsts([second])).toEqual([false]);
  });

  test('has a place for nothing else', () => {
    const [system] = publishReviews(contentWith({ accessReviews: [closed(-10)] }), [], NOW).systems;
    const leaky = { schema: 'candor/access-reviews@1', generatedAt: NOW, systems: [{ ...system, reviewer: 'Rita' }] };
    expect(PublishedReviews.safeParse(leaky).success).toBe(false);
  });
});
