import { publicAddress } from './links.ts';
import { NEWEST, type News, type NewsEntry, originOfLog, tag } from './news.ts';
import { type Site, site } from './trust.ts';
import { namedSentence } from './words/changes.ts';
import { noticeWords } from './words/vocabulary.ts';

/** The newest notices, and versions in which the list of subprocessors changed. */
export async function subprocessorNews(): Promise<News> {
  const view = await site();
  const { organization } = view.content;
  const home = publicAddress(organization.trustUrl);
  const page = `${home}/subprocessors/`;
  const entries = [...noticeEntries(view, page), ...versionEntries(view, home)]
    .sort((a, b) => b.at.localeCompare(a.at) || a.id.localeCompare(b.id))
    .slice(0, NEWEST);
  return {
    id: `https://${originOfLog(view).replace(/\/log$/, '')}/subprocessors/`,
    title: `${organization.name} subprocessors`,
    author: organization.name,
    home,
    page,
    updatedAt: entries[0]?.at ?? view.trust.generatedAt,
    entries,
  };
}

function noticeEntries(view: Site, page: string): NewsEntry[] {
  const entries = view.content.subprocessors.flatMap(({ id, data }) =>
    data.notices.map(({ change, summary, announcedOn, effectiveOn, objectionDeadline }) => ({
      id: tag(view, announcedOn, `subprocessors/${id}/${change}`),
      url: `${page}#vendor-${id}`,
      title: `${noticeWords[change]}: ${data.name}`,
      at: `${announcedOn}T00:00:00.000Z`,
      summary,
      lines: [`Last day to object: ${objectionDeadline}.`, `Takes effect: ${effectiveOn}.`],
    })),
  );
  // Two notices of one day about the same vendor: the second has a name of its own.
  const taken = new Map<string, number>();
  return entries.map((entry) => {
    const nth = (taken.get(entry.id) ?? 0) + 1;
    taken.set(entry.id, nth);
    return nth === 1 ? entry : { ...entry, id: `${entry.id}/${nth}` };
  });
}

function versionEntries(view: Site, home: string): NewsEntry[] {
  return view.versions
    .filter(({ changes }) => changes.subprocessors.length > 0)
    .map(({ release, changes }) => ({
      id: tag(view, release.publishedAt.slice(0, 10), `subprocessors/versions/${release.number}`),
      url: `${home}/versions/${release.number}/`,
      title: `The list of subprocessors changed in version ${release.number}`,
      at: release.publishedAt,
      summary: release.reason,
      lines: changes.subprocessors.map((entry) => namedSentence('Subprocessor', entry)),
    }));
}
