import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import {
  type CandorError,
  type ClaimEntry,
  type Content,
  type ContentType,
  candorError,
  contentTypes,
  type Entry,
  type Location,
} from '../schemas/index.ts';
import { schemaName } from '../schemas/json-schema.ts';
import { type ContentFile, createLocator, type Part, readFile } from './file.ts';
import { isFields, type Path } from './position.ts';
import { type FoundFile, unknownFile, unreadable, type Walk, walk, wholeFile } from './walk.ts';
import { parseStrict } from './zod-errors.ts';

/** The prose of a content file. */
type Body = {
  /** Markdown or MDX, everything after the front matter. */
  text: string;
  /** Absolute path of the file. */
  file: string;
  /** The line of the file on which the text begins, from 1. */
  line: number;
};

/** What was read from a content folder. */
export type Loaded = {
  /** All content; undefined when the organization is missing or anything could not be read or parsed. */
  content: Content | undefined;
  /** Everything that is wrong with single files, in order of place. References are checked by `checkContent`. */
  errors: CandorError[];
  /** The files as they were written, in order of path, for checks that go on where parsing failed. */
  files: readonly ContentFile[];
  /** The folders of claims and the files beside prose, as found. */
  found: Pick<Walk, 'sections' | 'companions'>;
  /** The place of a value, a key, or a part of a text. `file` is that of an entry. Throws a RangeError for an unknown file. */
  locate: (file: string, path: Path, part?: Part) => Location;
  /** The prose of an entry, by its `file`; undefined when its kind has none. */
  body: (file: string) => Body | undefined;
};

/**
 * Reads a content folder: every kind of content by the table, strictly, all errors at once. The files of entries are
 * paths inside the folder with forward slashes; places name `dir` as it was given. Never throws for what it reads.
 */
export async function loadContent(dir: string): Promise<Loaded> {
  const found = await walk(dir);
  const errors = [...found.errors];
  const files = readAll(dir, found.files, errors);
  const locateIn = createLocator((file) => join(dir, file.file));
  const byFile = new Map(files.map((file) => [file.file, file]));
  if (!found.files.some((file) => file.type === 'organization')) {
    errors.push(candorError('ContentMissing', { folder: dir, file: contentTypes.organization.path }));
  }
  const uncited = found.companions.filter((file) => !isNamed(file, files));
  errors.push(...uncited.map((file) => unknownFile(dir, file, 'file')));

  // What the system would not let us see might have been content.
  let whole = !errors.some(({ name }) => name === 'ContentUnreadable');
  const twins = duplicates(dir, files);
  function entries<T>(type: ContentType, schema: z.ZodType<T>): (Entry<T> & { section: string })[] {
    const label = schemaName(type).replaceAll('-', ' ');
    return files.flatMap((file) => {
      if (file.type !== type) return [];
      const { id, section = '' } = file;
      if (file.value === undefined) whole = false;
      if (file.value === undefined) return [];
      const locate = (path: Path, part: 'key' | 'value') => locateIn(file, path, part);
      const parsed = parseStrict({ schema, value: file.value, type: label, locate });
      errors.push(...parsed.errors);
      if (parsed.data === undefined) whole = false;
      return parsed.data === undefined ? [] : [{ id, section, file: file.file, data: parsed.data }];
    });
  }
  function many<T>(type: ContentType, schema: z.ZodType<T>): Entry<T>[] {
    return entries(type, schema).map(({ section: _, ...entry }) => entry);
  }
  function single<T>(type: ContentType, schema: z.ZodType<T>): T | undefined {
    return entries(type, schema)[0]?.data;
  }

  const organization = single('organization', contentTypes.organization.schema);
  const sections = many('sections', contentTypes.sections.schema).sort((a, b) => a.data.order - b.data.order);
  const rank = new Map(sections.map((section, index) => [section.id, index]));
  const place = (claim: ClaimEntry) => rank.get(claim.section) ?? sections.length;
  const rest: Omit<Content, 'organization'> = {
    sections,
    claims: entries('claims', contentTypes.claims.schema).sort((a, b) => place(a) - place(b)),
    sources: many('sources', contentTypes.sources.schema),
    exceptions: many('exceptions', contentTypes.exceptions.schema),
    accessReviews: many('accessReviews', contentTypes.accessReviews.schema),
    attestations: many('attestations', contentTypes.attestations.schema),
    certifications: many('certifications', contentTypes.certifications.schema),
    subprocessors: many('subprocessors', contentTypes.subprocessors.schema),
    dataItems: many('dataItems', contentTypes.dataItems.schema),
    retention: many('retention', contentTypes.retention.schema),
    dataFlows: many('dataFlows', contentTypes.dataFlows.schema),
    roles: many('roles', contentTypes.roles.schema),
    documents: many('documents', contentTypes.documents.schema),
    roadmap: many('roadmap', contentTypes.roadmap.schema),
    incidentPolicy: single('incidentPolicy', contentTypes.incidentPolicy.schema),
    disclosure: single('disclosure', contentTypes.disclosure.schema),
    intake: single('intake', contentTypes.intake.schema),
    updates: many('updates', contentTypes.updates.schema),
    advisories: many('advisories', contentTypes.advisories.schema),
    acknowledgements: single('acknowledgements', contentTypes.acknowledgements.schema),
  };
  errors.push(...twins);
  return {
    content: organization !== undefined && whole && twins.length === 0 ? { organization, ...rest } : undefined,
    errors: inOrder(errors),
    files,
    found,
    locate: (file, path, part) => locateIn(known(byFile, file), path, part),
    body: (file) => bodyOf(dir, byFile.get(file)),
  };
}

/** Errors in order of file, line and column; those without a place come first. */
export function inOrder(errors: readonly CandorError[]): CandorError[] {
  const key = ({ location }: CandorError) => location?.file ?? '';
  return [...errors].sort((a, b) => {
    if (key(a) !== key(b)) return key(a) < key(b) ? -1 : 1;
    const lines = (a.location?.line ?? 0) - (b.location?.line ?? 0);
    return lines === 0 ? (a.location?.column ?? 0) - (b.location?.column ?? 0) : lines;
  });
}

/** One after the other and without promises: for thousands of small files several times as fast as any pool of reads. */
function readAll(dir: string, found: readonly FoundFile[], errors: CandorError[]): ContentFile[] {
  const decoder = new TextDecoder('utf-8');
  return found.map((file) => {
    const path = join(dir, file.file);
    const bytes = bytesOf(path);
    if (bytes instanceof Error || !isUtf8(bytes)) {
      const notText = () => candorError('ContentNotText', {}, wholeFile(dir, file.file));
      errors.push(bytes instanceof Error ? unreadable(dir, file.file, bytes) : notText());
      return { ...file, text: '', fields: { start: 0, end: 0 }, body: undefined, value: undefined };
    }
    const { layout } = contentTypes[file.type];
    const read = readFile(file, decoder.decode(bytes), layout === 'prose' || layout === 'chapters', path);
    errors.push(...read.errors);
    return read.file;
  });
}

function bytesOf(path: string): Buffer | Error {
  try {
    return readFileSync(path);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function duplicates(dir: string, files: readonly ContentFile[]): CandorError[] {
  const first = new Map<string, string>();
  return files.flatMap(({ type, id, file }) => {
    const other = first.get(`${type} ${id}`);
    if (other === undefined) first.set(`${type} ${id}`, file);
    if (other === undefined) return [];
    return [candorError('ContentDuplicateId', { id, type: schemaName(type), other }, wholeFile(dir, file))];
  });
}

/** True when a document names the file as its own, or a text in the same folder mentions it. */
function isNamed(companion: string, files: readonly ContentFile[]): boolean {
  const slash = companion.lastIndexOf('/');
  const name = companion.slice(slash + 1);
  return files.some(({ file, value, text, body }) => {
    if (file.slice(0, file.lastIndexOf('/')) !== companion.slice(0, slash) || body === undefined) return false;
    return (isFields(value) && value.file === name) || text.includes(name, body);
  });
}

function bodyOf(dir: string, file: ContentFile | undefined): Body | undefined {
  if (file?.body === undefined) return undefined;
  const line = file.text.slice(0, file.body).split('\n').length;
  return { text: file.text.slice(file.body), file: resolve(dir, file.file), line };
}

function known(byFile: ReadonlyMap<string, ContentFile>, file: string): ContentFile {
  const found = byFile.get(file);
  if (found === undefined) throw new RangeError(`not a content file: ${file}`);
  return found;
}
