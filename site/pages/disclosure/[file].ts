import { code, digest } from 'virtual:candor/report-script';
import type { APIContext } from 'astro';
import { keysDigest, recipientsFile } from '../../../intake/envelope/keys.ts';
import { PublishedPolicy } from '../../../schemas/index.ts';
import { json, text } from '../../canonical.ts';
import { site } from '../../trust.ts';

/** The policy as data; where keys are declared, these, the script that encrypts to them, and which script that is. */
export async function getStaticPaths() {
  const { content } = await site();
  const policy = content.disclosure;
  const files = policy === undefined || policy.recipients.length === 0 ? [] : ['keys.txt', 'report.js', 'bundle.json'];
  return [...(policy === undefined ? [] : ['policy.json']), ...files].map((file) => ({ params: { file } }));
}

/** A file for `age -R`; the script, which the server of the forms has at the same address in the same bytes; its digest. */
export async function GET({ params }: APIContext): Promise<Response> {
  if (params.file === 'report.js') return text(code, 'text/javascript');
  if (params.file === 'bundle.json')
    return json({
      schema: 'candor/report-script@1',
      path: '/disclosure/report.js',
      bytes: Buffer.byteLength(code),
      sha256: digest,
    });
  const { content } = await site();
  if (params.file === 'policy.json')
    return json({ schema: 'candor/disclosure-policy@1', ...PublishedPolicy.parse(content.disclosure) });
  const recipients = (content.disclosure?.recipients ?? []).map(({ recipient }) => recipient);
  return text(
    recipientsFile(recipients, [
      `Whoever can read a vulnerability report to ${content.organization.name}. Encrypt it to all of them, with age 1.3 or newer:`,
      'age -R keys.txt -o report.age report.md',
      `SHA-256 of these lines, sorted: ${await keysDigest(recipients)}`,
    ]),
  );
}
