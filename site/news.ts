import { originOf } from '../ledger/writer.ts';
import { publicAddress } from './links.ts';
import { type Site, site } from './trust.ts';
import { changeSentences } from './words/changes.ts';

/** A feed holds so many entries. */
export const NEWEST = 50;

/** One entry of the feeds: a version, or a piece of news. */
export type NewsEntry = {
  /** Permanent: a tag URI (RFC 4151) of the log’s name and the day it was published. */
  id: string;
  url: string;
  title: string;
  /** An instant. */
  at: string;
  /** The instant of its last change, where there was one. */
  updatedAt?: string;
  summary: string;
  /** Further sentences, a paragraph each. */
  lines: string[];
};

/** What the feeds hold, newest first. */
export type News = {
  /** Permanent, because the log keeps its name. */
  id: string;
  title: string;
  author: string;
  home: string;
  /** The page that the feed is of, with a slash at its end; both forms lie beside it. */
  page: string;
  /** The instant of the newest entry; of the build when there is none. */
  updatedAt: string;
  entries: NewsEntry[];
};

/** The newest versions and updates. */
export async function news(): Promise<News> {
  const view = await site();
  const { organization } = view.content;
  const home = publicAddress(organization.trustUrl);
  const entries = [...versionEntries(view, home), ...updateEntries(view, home)]
    .sort((a, b) => b.at.localeCompare(a.at) || a.id.localeCompare(b.id))
    .slice(0, NEWEST);
  return {
    id: `https://${originOfLog(view).replace(/\/log$/, '')}/updates/`,
    title: `${organization.name} trust center`,
    author: organization.name,
    home,
    page: `${home}/updates/`,
    updatedAt: entries[0]?.at ?? view.trust.generatedAt,
    entries,
  };
}

function versionEntries(view: Site, home: string): NewsEntry[] {
  return view.versions.slice(0, NEWEST).map(({ release, changes }) => ({
    id: tag(view, release.publishedAt.slice(0, 10), `versions/${release.number}`),
    url: `${home}/versions/${release.number}/`,
    title: `Version ${release.number}`,
    at: release.publishedAt,
    summary: release.reason,
    lines: changeSentences(changes),
  }));
}

function updateEntries(view: Site, home: string): NewsEntry[] {
  return view.content.updates.map(({ id, data }) => ({
    id: tag(view, data.publishedOn, `updates/${id}`),
    url: `${home}/updates/#update-${id}`,
    title: data.title,
    at: `${data.publishedOn}T00:00:00.000Z`,
    summary: data.summary,
    lines: [],
  }));
}

/** The log keeps its name for ever, even when the page moves. */
export function originOfLog({ content, log }: Site): string {
  return log?.checkpoint.origin ?? originOf(content.organization.trustUrl);
}

/** A tag URI (RFC 4151) of the log’s name and a day. */
export function tag(view: Site, day: string, specific: string): string {
  const [host = '', ...path] = originOfLog(view).split('/');
  return `tag:${host.replace(/:\d+$/, '')},${day}:${[...path, specific].join('/')}`;
}
