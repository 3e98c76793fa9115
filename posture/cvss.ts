import calculator from 'ae-cvss-calculator';
import type { CvssVector } from '../schemas/index.ts';

/** The ratings of CVSS 4.0, section 6. */
export type CvssRating = 'none' | 'low' | 'medium' | 'high' | 'critical';

/** Score (0.0 to 10.0, all metrics that are given) and rating of a vector. */
export function scoreOf(vector: CvssVector): { score: number; rating: CvssRating } {
  const score = new calculator.Cvss4P0(vector).calculateScores(false).overall;
  return { score, rating: ratingOf(score) };
}

function ratingOf(score: number): CvssRating {
  if (score === 0) return 'none';
  if (score < 4) return 'low';
  if (score < 7) return 'medium';
  return score < 9 ? 'high' : 'critical';
}
