import { complaints } from '../../posture/access/complaints.ts';
import { AccessReview, type CandorError } from '../../schemas/index.ts';
import { nearest } from '../nearest.ts';
import { type CheckContext, filesOf } from './context.ts';

/** Review files that were edited into something that no review says; what the schema refuses, it has spoken about. */
export function checkAccessReviews(context: CheckContext): CandorError[] {
  const now = context.now.toISOString();
  return filesOf(context, 'accessReviews').flatMap(({ file, value }) => {
    const parsed = AccessReview.safeParse(value);
    if (!parsed.success) return [];
    return complaints(parsed.data, now, nearest).map(({ path, error }) => error(context.loaded.locate(file, path)));
  });
}
