import { text } from '../canonical.ts';
import { claimLink, link } from '../links.ts';
import { pages } from '../navigation.ts';
import { site } from '../trust.ts';
import { stateWords } from '../words/state-words.ts';

/** The overview for language models (llmstxt.org): where things stand, every claim with its state, and the data. */
export async function GET(): Promise<Response> {
  const view = await site();
  const { trust, content, log } = view;
  const { coverage } = trust;
  const shown = Object.values(pages).filter((page) => page.shown(view));
  return text(
    [
      `# ${content.organization.name} trust center`,
      '',
      `> ${content.organization.summary}`,
      '',
      ...(trust.demo ? ['This is a demonstration. Nothing here describes a real company’s security.', ''] : []),
      `As of ${trust.generatedAt}, ${coverage.verified} of ${coverage.inPlace} claims in place (${coverage.percent} %) are verified by fresh evidence. States are derived from evidence and go stale at the dates in trust.json; do not repeat a state without its date.`,
      '',
      '## Data',
      '',
      `- [trust.json](${link('/trust.json')}): every state, number and date on these pages`,
      ...(log === undefined
        ? []
        : [`- [Signed head of the log](${link('/log/checkpoint')}): a signed note; tiles beside it`]),
      ...(pages.updates.shown(view)
        ? [`- [Atom feed](${link('/updates/atom.xml')}) and [JSON feed](${link('/updates/feed.json')}) of changes`]
        : []),
      ...trust.evidence.map(({ title, source, path }) => `- [${title}, ${source}](${link(path)}): raw record`),
      '',
      '## Pages',
      '',
      ...shown.map(({ href, label }) => `- [${label}](${link(href)})`),
      `- [Keys](${link('/keys/')}): what signs this page, since when`,
      '',
      '## Claims',
      '',
      ...trust.claims.map(
        ({ id, title, state, reason }) => `- [${title}](${claimLink(id)}): ${stateWords[state].word}. ${reason}`,
      ),
      '',
    ].join('\n'),
  );
}
