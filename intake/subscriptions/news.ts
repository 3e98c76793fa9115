import { advisoryHistory } from '../../posture/advisory-history.ts';
import { scoreOf } from '../../posture/cvss.ts';
import type { Advisory, Entry, Topic, Update } from '../../schemas/index.ts';
import { changeHeading, changesIn, newsSince, type Said, type Telling } from '../notices/change.ts';
import { dayOf } from '../notices/days.ts';
import { oneLine } from '../outbox/message.ts';
import { announce, type News } from './announce.ts';

/** What each kind of update is told under. */
const topics: Record<Update['kind'], Topic> = {
  change: 'updates',
  incident: 'updates',
  notice: 'updates',
  advisory: 'advisories',
  subprocessor: 'subprocessors',
};

/**
 * Tells subscribers what content says and did not say before, each piece once: whoever runs this, how often, and also after
 * it was cut off. What is dated before the first look is no news, and what is dated later waits for its day. One piece that
 * cannot be told holds up no other; what was wrong is thrown at the end. Returns the number of new letters.
 */
export async function announceNews({ db, head, now, current }: Telling): Promise<number> {
  const { content } = await current();
  const at = now();
  const since = await newsSince(db, at);
  const rows = newsIn(content, at)
    .filter(({ on }) => on >= since)
    .map(({ on: _, ...news }) => ({ ...news, seenAt: at }));
  if (rows.length > 0)
    await db
      .insertInto('announcement')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const untold = await db
    .selectFrom('announcement')
    .select(['id', 'topic', 'subject', 'text'])
    .where('toldAt', 'is', null)
    .orderBy('seenAt')
    .orderBy('id')
    .execute();
  const problems: unknown[] = [];
  let letters = 0;
  for (const news of untold) {
    try {
      letters += await announce(db, head, news, now());
      await db.updateTable('announcement').set({ toldAt: now() }).where('id', '=', news.id).execute();
    } catch (problem) {
      problems.push(problem);
    }
  }
  if (problems.length > 0) throw problems[0];
  return letters;
}

/** All that content tells of, of which the day has come, with that day. */
function newsIn(content: Said, at: Date): (News & { on: string })[] {
  const { name, trustUrl } = content.organization;
  const page = (path: string) => `${trustUrl.replace(/\/$/, '')}${path}`;
  const updates = content.updates
    .filter(({ data }) => data.publishedOn <= dayOf(at))
    .map((update) => ({ ...updateNews(name, update, page), on: update.data.publishedOn }));
  const advisories = content.advisories
    .map((advisory) => advisoryNews(name, advisory, page))
    .filter(({ on }) => on <= dayOf(at));
  const changes = changesIn(content, at).map((change) => ({
    id: `subprocessor.${change.id}`,
    topic: 'subprocessors' as const,
    subject: oneLine(`${name}: ${changeHeading(change)}`),
    text: [
      `${changeHeading(change)}. ${change.summary}`,
      `Last day to object: ${change.objectionDeadline}. Takes effect: ${change.effectiveOn}.`,
      'Whoever has an agreement with us gets a letter of its own, with a link to object by.',
      page(`/subprocessors/#vendor-${change.vendor}`),
    ].join('\n\n'),
    on: change.announcedOn,
  }));
  return [...updates, ...advisories, ...changes];
}

/** The newest that there is to say of an advisory: whoever hears that it was changed, or wrong, need not hear what it was before. */
function advisoryNews(
  company: string,
  { id, data }: Entry<Advisory>,
  page: (path: string) => string,
): News & { on: string } {
  const history = advisoryHistory(data);
  const { at, summary } = history.at(-1) ?? { at: data.publishedAt, summary: '' };
  const { score, rating } = scoreOf(data.cvss);
  const standing = data.withdrawn ? ' (withdrawn)' : history.length > 1 ? ' (changed)' : '';
  const told = data.withdrawn
    ? [summary]
    : [
        ...(history.length > 1 ? [`What changed: ${summary}`] : []),
        `Severity: ${rating} (CVSS 4.0: ${score.toFixed(1)}).`,
        ...[data.summary, data.impact, data.solution],
      ];
  return {
    id: `advisory.${id}.${history.length}`,
    topic: 'advisories',
    subject: oneLine(`${company}: ${data.title}${standing}`),
    text: [`${data.title}${standing}`, ...told, page(`/advisories/${id}/`)].join('\n\n'),
    on: dayOf(new Date(at)),
  };
}

function updateNews(company: string, { id, data }: Entry<Update>, page: (path: string) => string): News {
  return {
    id: `update.${id}`,
    topic: topics[data.kind],
    subject: oneLine(`${company}: ${data.title}`),
    text: [data.title, data.summary, page(`/updates/#update-${id}`)].join('\n\n'),
  };
}
