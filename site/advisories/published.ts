import { readPublicKey } from '../../ledger/openpgp.ts';
import { publicAddress } from '../links.ts';
import { NEWEST, type News, originOfLog, tag } from '../news.ts';
import { site } from '../trust.ts';
import { type Publisher, publishedAtOf, type ToldAdvisory, toldAdvisories } from './told.ts';

/** What the pages of advisories are made of. */
export type PublishedAdvisories = {
  publisher: Publisher;
  /** The one that was changed last is first. */
  advisories: ToldAdvisory[];
  /** The public key that the build signs documents with; undefined when it signs none. */
  openpgp: { armored: string; fingerprint: string } | undefined;
};

/** All advisories of this build, and who publishes them. */
export async function publishedAdvisories(): Promise<PublishedAdvisories> {
  const { content } = await site();
  const { organization } = content;
  const publisher = { organization, home: publicAddress(organization.trustUrl) };
  // The public half alone: the key itself never comes near the pages.
  const armored = process.env.CANDOR_OPENPGP_PUBLIC;
  const openpgp = armored ? { armored, fingerprint: (await readPublicKey(armored)).fingerprint } : undefined;
  return { publisher, advisories: toldAdvisories(content.advisories, publisher), openpgp };
}

/** The feed of advisories. */
export async function advisoryNews(): Promise<News> {
  const view = await site();
  const { publisher, advisories } = await publishedAdvisories();
  const { organization, home } = publisher;
  return {
    id: `https://${originOfLog(view).replace(/\/log$/, '')}/advisories/`,
    title: `Security advisories of ${organization.name}`,
    author: organization.name,
    home,
    page: `${home}/advisories/`,
    updatedAt: advisories[0]?.updatedAt ?? view.trust.generatedAt,
    entries: advisories.slice(0, NEWEST).map((told) => ({
      id: tag(view, publishedAtOf(told).slice(0, 10), `advisories/${told.id}`),
      url: told.url,
      title: told.data.withdrawn ? `Withdrawn: ${told.data.title}` : told.data.title,
      at: publishedAtOf(told),
      updatedAt: told.updatedAt,
      summary: told.data.withdrawn?.reason ?? told.data.summary,
      lines: told.data.withdrawn
        ? []
        : [
            ...(told.history.length > 1 ? [`Changed: ${told.history.at(-1)?.summary ?? ''}`] : []),
            told.data.impact,
            told.data.solution,
          ],
    })),
  };
}
