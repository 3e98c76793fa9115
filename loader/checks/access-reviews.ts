import { complaints } from '../../posture/access/complaints.ts';
import { reviewsOf } from '../../posture/access/standing.ts';
import { AccessReview, type CandorError, candorError, type Entry } from '../../schemas/index.ts';
import { nearest } from '../nearest.ts';
import { type CheckContext, filesOf } from './context.ts';

/**
 * Review files that were edited into something that no review says, and reviews of one system that overlap; what the
 * schema refuses, it has spoken about.
 */
export function checkAccessReviews(context: CheckContext): CandorError[] {
  const now = context.now.toISOString();
  const reviews = filesOf(context, 'accessReviews').flatMap(({ id, file, value }) => {
    const { data } = AccessReview.safeParse(value);
    return data === undefined ? [] : [{ id, file, data }];
  });
  return [
    ...reviews.flatMap(({ file, data }) =>
      complaints(data, now, nearest).map(({ path, error }) => error(context.loaded.locate(file, path))),
    ),
    ...[...new Set(reviews.map(({ data }) => data.system))].flatMap((system) =>
      overlaps(reviewsOf({ accessReviews: reviews }, system), context),
    ),
  ];
}

/** Reviews of one system that were opened before the one before was closed, as it happens where two branches meet. */
function overlaps(reviews: readonly Entry<AccessReview>[], { loaded }: CheckContext): CandorError[] {
  return reviews.flatMap(({ file, data: { openedAt, system } }, index) => {
    const before = reviews[index - 1];
    if (before === undefined) return [];
    const { closed } = before.data;
    return closed !== undefined && Date.parse(closed.at) <= Date.parse(openedAt)
      ? []
      : [candorError('ReviewsOverlap', { id: before.id, system }, loaded.locate(file, ['openedAt']))];
  });
}
