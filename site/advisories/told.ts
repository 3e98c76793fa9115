import { advisoryHistory } from '../../posture/advisory-history.ts';
import { type CvssRating, type CvssScore, scoreOf } from '../../posture/cvss.ts';
import type { Advisory, Entry, Id, Instant, Organization } from '../../schemas/index.ts';

/** Who publishes, and where: `home` is the address of the page, without a slash at the end. */
export type Publisher = { organization: Organization; home: string };

/** An advisory with all that follows from its fields. */
export type ToldAdvisory = {
  id: Id;
  data: Advisory;
  /** Of the vector, 0.0 to 10.0. */
  score: number;
  rating: CvssRating;
  /** The same of the base metrics alone. */
  base: CvssScore;
  /** Its page. */
  url: string;
  /** First publication, what was changed since, and withdrawal. */
  history: { at: Instant; summary: string }[];
  /** Of the last of them. */
  updatedAt: Instant;
};

/** All advisories, the one that was changed last first. */
export function toldAdvisories(entries: readonly Entry<Advisory>[], { home }: Pick<Publisher, 'home'>): ToldAdvisory[] {
  return entries
    .map(({ id, data }) => told(id, data, `${home}/advisories/${id}/`))
    .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt) || a.id.localeCompare(b.id));
}

function told(id: Id, data: Advisory, url: string): ToldAdvisory {
  const history = advisoryHistory(data);
  return { id, data, ...scoreOf(data.cvss), url, history, updatedAt: history.at(-1)?.at ?? data.publishedAt };
}

/** The first instant of its history. */
export function publishedAtOf({ history, data }: ToldAdvisory): Instant {
  return history[0]?.at ?? data.publishedAt;
}
