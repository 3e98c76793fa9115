import type { APIContext } from 'astro';
import { json, text } from '../../canonical.ts';
import { publicAddress } from '../../links.ts';
import { pages } from '../../navigation.ts';
import { atomFeed, jsonFeed } from '../../sections/feeds.ts';
import { noticesCalendar } from '../../sections/subprocessor-calendar.ts';
import { subprocessorNews } from '../../subprocessor-news.ts';
import { site } from '../../trust.ts';

/** Both feeds when there is a list, and the calendar when there are notices: one without any event is none. */
export async function getStaticPaths() {
  const view = await site();
  const feeds = pages.subprocessors.shown(view) ? ['atom.xml', 'feed.json'] : [];
  const calendars = view.content.subprocessors.some(({ data }) => data.notices.length > 0) ? ['notices.ics'] : [];
  return [...feeds, ...calendars].map((feed) => ({ params: { feed } }));
}

/** RFC 4287 or JSON Feed 1.1, with the notices and the changes of the list; RFC 5545, with the days of the notices. */
export async function GET({ params }: APIContext): Promise<Response> {
  if (params.feed === 'notices.ics') {
    const { organization, subprocessors } = (await site()).content;
    const page = `${publicAddress(organization.trustUrl)}/subprocessors/`;
    return text(noticesCalendar({ name: organization.name, page }, subprocessors), 'text/calendar');
  }
  const entries = await subprocessorNews();
  return params.feed === 'feed.json' ? json(jsonFeed(entries)) : text(atomFeed(entries), 'application/atom+xml');
}
