import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CandorError, type Content, candorError, type Location } from '../../schemas/index.ts';
import { copyOf, gatedFile } from './gated.ts';
import { readNda } from './nda.ts';

/** What is looked at: a content folder with what was read of it, and the folder of gated documents. */
export type GatedContent = {
  content: string;
  gated: string;
  read: Pick<Content, 'documents' | 'intake'>;
  /** The place of a value in a file of content. */
  locate: (file: string, path: string[]) => Location;
};

/** The documents whose files lie in the folder of gated ones. */
export function gatedDocuments({ documents }: Pick<Content, 'documents'>) {
  return documents.filter(({ data }) => data.access !== 'public' && data.file !== undefined);
}

/** Whom the copy is for by which a file is tried. */
const TRIAL = { company: 'candor check', email: 'nobody@localhost', grant: 'grant-none', at: new Date(0) };

/**
 * What keeps the documents that are not public from being given as they should: a file that lies, itself or as a copy,
 * where it would be published, that is missing, too large, or no PDF that can be written on; and a text on secrecy that
 * is missing or that nobody could agree to. Every file is tried by making a copy of it; where there is no such folder at all,
 * as on a machine that only builds the page, none is.
 */
export async function checkGated({ content, gated, read, locate }: GatedContent): Promise<CandorError[]> {
  const { documents, intake } = read;
  const isHere = existsSync(gated);
  const errors: CandorError[] = [];
  const trying = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CandorError)) throw error;
      errors.push(error);
    }
  };
  for (const { id, file: entry, data } of gatedDocuments(read)) {
    const { access, file = '' } = data;
    const location = locate(entry, ['file']);
    if (isHere) await trying(() => checkFile(content, { folder: gated, file, location }));
    if (access === 'nda' && intake !== undefined && intake.documents.nda === undefined)
      errors.push(candorError('NdaMissing', { id }, locate(entry, ['access'])));
  }
  const nda = documents.find(({ id }) => id === intake?.documents.nda);
  if (nda !== undefined)
    await trying(async () => {
      const file = join(content, nda.file);
      readNda({ id: nda.id, data: nda.data, file, text: await readFile(file, 'utf8') }, locate(nda.file, ['kind']));
    });
  return errors;
}

async function checkFile(content: string, file: { folder: string; file: string; location: Location }): Promise<void> {
  const path = await gatedFile(file);
  const place = await exposureOf(path, content);
  if (place !== undefined) throw candorError('GatedFileExposed', { file: file.file, place }, file.location);
  const { stream } = await copyOf(file, TRIAL);
  await stream.cancel();
}

/** The folder by which a file would be published, or was; links are followed. */
async function exposureOf(path: string, content: string): Promise<string | undefined> {
  const root = dirname(resolve(content));
  const { size } = await stat(path);
  const digest = hash('sha256', await readFile(path));
  for (const place of [content, join(root, 'public'), join(root, 'dist')]) {
    const folder = await realpath(place).catch(() => undefined);
    if (folder === undefined) continue;
    const name = `${relative(root, resolve(place)).split(sep).join('/')}/`;
    if (path.startsWith(folder + sep)) return name;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const other = await realpath(join(entry.parentPath, entry.name)).catch(() => undefined);
      // A link in there, to a file or to a folder, is published as what it leads to.
      if (other === undefined) continue;
      if (path.startsWith(other + sep)) return name;
      const found = await stat(other);
      if (found.isFile() && found.size === size && hash('sha256', await readFile(other)) === digest) return name;
    }
  }
  return undefined;
}
