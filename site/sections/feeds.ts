import type { News, NewsEntry } from '../news.ts';

/** The feed as Atom (RFC 4287). */
export function atomFeed({ id, title, author, page, updatedAt, entries }: News): string {
  const xml = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
    `  <id>${escaped(id)}</id>`,
    `  <title>${escaped(title)}</title>`,
    `  <updated>${updatedAt}</updated>`,
    `  <author><name>${escaped(author)}</name></author>`,
    `  <link rel="self" type="application/atom+xml" href="${escaped(`${page}atom.xml`)}"/>`,
    `  <link rel="alternate" type="text/html" href="${escaped(page)}"/>`,
    ...entries.map(atomEntry),
    '</feed>',
  ];
  return `${xml.join('\n')}\n`;
}

function atomEntry(entry: NewsEntry): string {
  return [
    '  <entry>',
    `    <id>${escaped(entry.id)}</id>`,
    `    <title>${escaped(entry.title)}</title>`,
    `    <published>${entry.at}</published>`,
    `    <updated>${entry.updatedAt ?? entry.at}</updated>`,
    `    <link rel="alternate" type="text/html" href="${escaped(entry.url)}"/>`,
    `    <summary>${escaped(entry.summary)}</summary>`,
    `    <content type="html">${escaped(html(entry))}</content>`,
    '  </entry>',
  ].join('\n');
}

/** The feed as JSON Feed 1.1. */
export function jsonFeed({ title, author, home, page, entries }: News) {
  return {
    version: 'https://jsonfeed.org/version/1.1',
    title,
    home_page_url: page,
    feed_url: `${page}feed.json`,
    language: 'en',
    authors: [{ name: author, url: `${home}/` }],
    items: entries.map((entry) => ({
      id: entry.id,
      url: entry.url,
      title: entry.title,
      summary: entry.summary,
      content_html: html(entry),
      date_published: entry.at,
      date_modified: entry.updatedAt,
    })),
  };
}

function html({ summary, lines }: NewsEntry): string {
  const list = lines.length === 0 ? '' : `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;
  return `<p>${escaped(summary)}</p>${list}`;
}

/** Text for XML and HTML, in elements and in attributes. What XML 1.0 cannot hold at all is left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
