import { X509Certificate } from 'node:crypto';
import { folder } from 'virtual:candor/content';
import { type StandardAgreement, standardAgreement } from '../intake/agreements/standard.ts';
import { readTemplate } from '../intake/document/template.ts';
import { documentText } from '../loader/document-text.ts';
import { type Site, site } from './trust.ts';

/** The standard agreement as the page shows it. `file` is its name; the certificate is that of its seal. */
export type OfferedStandard = StandardAgreement & { file: string; certificate: X509Certificate | undefined };

const made = new WeakMap<Site, Promise<OfferedStandard | undefined>>();

/** The standard agreement: made once a build. Undefined where content/intake.yaml, or the text that it names, is missing. */
export async function offeredStandard(): Promise<OfferedStandard | undefined> {
  const view = await site();
  const known = made.get(view) ?? make(view);
  made.set(view, known);
  return known;
}

async function make({ content, trust }: Site): Promise<OfferedStandard | undefined> {
  const { intake } = content;
  const read = await documentText(folder, content, intake?.template);
  if (read === undefined) return undefined;
  const template = readTemplate(read);
  // The public half alone: the key itself never comes near the pages.
  const pem = process.env.CANDOR_SEAL_CERTIFICATE;
  const certificate = pem ? new X509Certificate(pem) : undefined;
  const standard = await standardAgreement(content, trust, template, certificate);
  const version = template.data.version.replace(/[^\w.-]+/g, '-');
  return { ...standard, certificate, file: `${template.id}-${version}` };
}
