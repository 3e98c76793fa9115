import type { APIContext } from 'astro';
import { osv } from '../../advisories/osv.ts';
import { advisoryNews, publishedAdvisories } from '../../advisories/published.ts';
import { json, text } from '../../canonical.ts';
import { pages } from '../../navigation.ts';
import { atomFeed, jsonFeed } from '../../sections/feeds.ts';
import { site } from '../../trust.ts';

/** Both feeds and the list of OSV records, when there is an advisory. */
export async function getStaticPaths() {
  const feeds = pages.advisories.shown(await site()) ? ['atom.xml', 'feed.json', 'osv.json'] : [];
  return feeds.map((feed) => ({ params: { feed } }));
}

/** RFC 4287, JSON Feed 1.1, or a list of records in the OSV format. */
export async function GET({ params }: APIContext): Promise<Response> {
  if (params.feed === 'osv.json') return json((await publishedAdvisories()).advisories.map(osv));
  const entries = await advisoryNews();
  return params.feed === 'feed.json' ? json(jsonFeed(entries)) : text(atomFeed(entries), 'application/atom+xml');
}
