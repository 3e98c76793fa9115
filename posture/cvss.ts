import calculator from 'ae-cvss-calculator';
import type { CvssVector } from '../schemas/index.ts';

/** The ratings of CVSS 4.0, section 6. */
export type CvssRating = 'none' | 'low' | 'medium' | 'high' | 'critical';

/** A score (0.0 to 10.0) and its rating. */
export type CvssScore = { score: number; rating: CvssRating };

/** The score of a vector with all its metrics, and of its base metrics alone. */
export function scoreOf(vector: CvssVector): CvssScore & { base: CvssScore } {
  const { overall, baseMetricsOnly = overall } = new calculator.Cvss4P0(vector).calculateScores(false);
  return { ...rated(overall), base: rated(baseMetricsOnly) };
}

function rated(score: number): CvssScore {
  return { score, rating: ratingOf(score) };
}

function ratingOf(score: number): CvssRating {
  if (score === 0) return 'none';
  if (score < 4) return 'low';
  if (score < 7) return 'medium';
  return score < 9 ? 'high' : 'critical';
}
