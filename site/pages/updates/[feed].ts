import type { APIContext } from 'astro';
import { json, text } from '../../canonical.ts';
import { pages } from '../../navigation.ts';
import { news } from '../../news.ts';
import { atomFeed, jsonFeed } from '../../sections/feeds.ts';
import { site } from '../../trust.ts';

/** Both feeds, when there is anything to tell. */
export async function getStaticPaths() {
  const feeds = pages.updates.shown(await site()) ? ['atom.xml', 'feed.json'] : [];
  return feeds.map((feed) => ({ params: { feed } }));
}

/** RFC 4287, or JSON Feed 1.1. */
export async function GET({ params }: APIContext): Promise<Response> {
  const entries = await news();
  return params.feed === 'feed.json' ? json(jsonFeed(entries)) : text(atomFeed(entries), 'application/atom+xml');
}
