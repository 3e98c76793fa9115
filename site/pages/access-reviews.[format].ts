import { publishReviews } from '../../posture/access/published.ts';
import { PublishedReviews } from '../../schemas/index.ts';
import { json } from '../canonical.ts';
import { pages } from '../navigation.ts';
import { site } from '../trust.ts';

/** The reviews for machines, when there are any. */
export async function getStaticPaths() {
  return pages['access-reviews'].shown(await site()) ? [{ params: { format: 'json' } }] : [];
}

/** All reviews as JSON, through the allow-list: the files that they come from name people. */
export async function GET(): Promise<Response> {
  const { content, evidence, trust } = await site();
  return json(PublishedReviews.parse(publishReviews(content, evidence, trust.generatedAt)));
}
