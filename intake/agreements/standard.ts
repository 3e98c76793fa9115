import type { X509Certificate } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Annexes, CandorError, type Content, type Trust } from '../../schemas/index.ts';
import { annexesOf, type Hindrance, hindrancesOf } from '../document/annexes.ts';
import { printAgreement } from '../document/print.ts';
import { sealPdf } from '../document/seal.ts';
import { type SealKey, sealsAt } from '../document/seal-key.ts';
import type { Template } from '../document/template.ts';

/** Where the files of the standard agreement lie in the site. */
const FOLDER = 'dpa';

/**
 * The agreement that everybody may download: without a customer in it. `pdf` is not sealed yet; where there is none,
 * `problem` says why in words, and the measures that do not hold are `hindrances`.
 */
export type StandardAgreement = {
  template: Template;
  annexes: Annexes;
  hindrances: Hindrance[];
  problem: string | undefined;
  pdf: Buffer | undefined;
};

/** The standard agreement for the moment of a page. `certificate` is that of the key which will seal it. */
export async function standardAgreement(
  content: Content,
  trust: Trust,
  template: Template,
  certificate: X509Certificate | undefined,
): Promise<StandardAgreement> {
  const at = trust.generatedAt;
  const annexes = annexesOf({ content, trust, template, at });
  const hindrances = hindrancesOf(annexes);
  const not = (problem: string) => ({ template, annexes, hindrances, problem, pdf: undefined });
  if (hindrances.length > 0) return not('A measure that it would promise does not hold just now.');
  if (certificate === undefined) return not('There is no key to seal it with.');
  if (!sealsAt({ certificate }, new Date(at))) return not('The certificate of its seal is not valid today.');
  try {
    const pdf = await printAgreement({ template, annexes });
    return { template, annexes, hindrances, problem: undefined, pdf };
  } catch (error) {
    if (error instanceof CandorError) return not(`It could not be printed: ${error.what}`);
    throw error;
  }
}

/** Seals the standard agreement of a site that was built, in place: what was printed stays its beginning, to the byte. */
export async function sealStandard(site: string, key: SealKey, at: Date): Promise<void> {
  const folder = join(site, FOLDER);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.endsWith('.pdf'))) {
    const file = join(folder, name);
    await writeFile(file, await sealPdf(await readFile(file), key, at));
  }
}
