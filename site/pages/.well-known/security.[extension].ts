import { thanksOf } from '../../advisories/thanks.ts';
import { text } from '../../canonical.ts';
import { pages } from '../../navigation.ts';
import { securityTxt } from '../../sections/security-txt.ts';
import { site } from '../../trust.ts';

/** security.txt, when there is a disclosure policy. */
export async function getStaticPaths() {
  return pages.disclosure.shown(await site()) ? [{ params: { extension: 'txt' } }] : [];
}

/** RFC 9116. */
export async function GET(): Promise<Response> {
  const { content } = await site();
  if (content.disclosure === undefined) throw new TypeError('There is no disclosure policy.');
  const has = { thanks: thanksOf(content).length > 0, advisories: content.advisories.length > 0 };
  return text(securityTxt(content.disclosure, content.organization.trustUrl, has));
}
