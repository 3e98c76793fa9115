import { compareVersions } from '../../posture/version.ts';
import { type CandorError, candorError, DateOn, Instant, Version } from '../../schemas/index.ts';
import type { ContentFile } from '../file.ts';
import { nearest } from '../nearest.ts';
import { isFields, type Path, pathText, valueAt } from '../position.ts';
import { type CheckContext, type Found, filesOf, type Pattern, textsAt } from './context.ts';

/** Products that nobody declared, versions and times the wrong way round, ids of two, and people who have not agreed to be named. */
export function checkAdvisories(context: CheckContext): CandorError[] {
  return [
    ...products(context),
    ...ranges(context),
    ...overlaps(context),
    ...taken(context),
    ...future(context),
    ...order(context, [['timeline', '*', 'on']], DateOn),
    ...order(
      context,
      [
        ['revisions', '*', 'at'],
        ['withdrawn', 'at'],
      ],
      Instant,
    ),
    ...credits(context),
  ];
}

function products(context: CheckContext): CandorError[] {
  const names = new Set(textsAt(context, 'disclosure', ['products', '*', 'name']).map(({ value }) => value));
  return textsAt(context, 'advisories', ['affected', '*', 'product'])
    .filter(({ value }) => !names.has(value))
    .map(({ file, path, value }) => {
      const parameters = { id: value, type: 'product of the disclosure policy', suggestion: nearest(value, names) };
      return candorError('ReferenceMissing', parameters, context.loaded.locate(file.file, path));
    });
}

function ranges(context: CheckContext): CandorError[] {
  return textsAt(context, 'advisories', ['affected', '*', 'versions', '*', 'fixed']).flatMap(
    ({ file, path, value }) => {
      const fixed = Version.safeParse(value).data;
      const introduced = Version.safeParse(valueAt(file.value, [...path.slice(0, -1), 'introduced'])).data;
      if (fixed === undefined || introduced === undefined) return [];
      const compared = compareVersions(introduced, fixed);
      if (compared !== undefined && compared < 0) return [];
      const name = compared === undefined ? 'AdvisoryVersionsMixed' : 'AdvisoryRangeReversed';
      return [candorError(name, { introduced, fixed }, context.loaded.locate(file.file, path))];
    },
  );
}

/** Of one product no range begins before another has ended, nor where it ends: a version is affected or it is not. */
function overlaps(context: CheckContext): CandorError[] {
  const found = textsAt(context, 'advisories', ['affected', '*', 'versions', '*', 'introduced']);
  return found.flatMap((one, index) => {
    const other = found
      .slice(0, index)
      .find((before) => isBeside(before, one) && !endsBefore(before, one) && !endsBefore(one, before));
    if (other === undefined) return [];
    const parameters = { introduced: one.value, other: other.value };
    return [candorError('AdvisoryRangesOverlap', parameters, context.loaded.locate(one.file.file, one.path))];
  });
}

/** Whether two ranges, each found at its beginning, are of one product in one form. */
function isBeside(a: Found, b: Found): boolean {
  const [one, other] = [a, b].map(({ file, path }) => valueAt(file.value, path.slice(0, 2)));
  const isSame = (field: string) => isFields(one) && isFields(other) && one[field] === other[field];
  return a.file === b.file && isSame('product') && isSame('purl');
}

function endsBefore({ file, path }: Found, { value }: Found): boolean {
  const fixed = Version.safeParse(valueAt(file.value, [...path.slice(0, -1), 'fixed'])).data;
  const next = Version.safeParse(value).data;
  return fixed !== undefined && next !== undefined && (compareVersions(fixed, next) ?? 0) < 0;
}

/** One weakness has one advisory, besides those that were withdrawn. */
function taken(context: CheckContext): CandorError[] {
  return ['cve', 'ghsa'].flatMap((field) => {
    const found = textsAt(context, 'advisories', [field]).filter(
      ({ file }) => valueAt(file.value, ['withdrawn']) === undefined,
    );
    return found.flatMap(({ file, path, value }, index) => {
      const other = found.slice(0, index).find((before) => before.value === value);
      if (other === undefined) return [];
      const { line, column } = context.loaded.locate(other.file.file, other.path);
      const parameters = { id: value, other: `${other.file.file}:${line}:${column}` };
      return [candorError('AdvisoryIdTaken', parameters, context.loaded.locate(file.file, path))];
    });
  });
}

/** Publication is not ahead: what is in content is on the page. */
function future(context: CheckContext): CandorError[] {
  const patterns: Pattern[] = [['publishedAt'], ['revisions', '*', 'at'], ['withdrawn', 'at']];
  return patterns
    .flatMap((pattern) => textsAt(context, 'advisories', pattern))
    .filter(({ value }) => isInstant(value) && Date.parse(value) > context.now.getTime())
    .map(({ file, path, value }) =>
      candorError('ContentFutureDate', { field: pathText(path), value }, context.loaded.locate(file.file, path)),
    );
}

/** Days may be the same; a revision is later than what it revises, or nobody who asks for what is new would see it. */
function order(
  context: CheckContext,
  patterns: readonly Pattern[],
  schema: typeof DateOn | typeof Instant,
): CandorError[] {
  const strictly = schema === Instant;
  const found = patterns
    .flatMap((pattern) => textsAt(context, 'advisories', pattern))
    .filter(({ value }) => schema.safeParse(value).success);
  return found.flatMap(({ file, path, value }, index) => {
    const previous = found.slice(0, index).findLast((one) => one.file === file);
    const before = previous?.value ?? (strictly ? firstOf(file) : undefined);
    const [now, then] = [Date.parse(value), Date.parse(before ?? '')];
    if (before === undefined || now > then || (now === then && !strictly)) return [];
    const parameters = { field: pathText(path), value, before };
    return [candorError('AdvisoryOutOfOrder', parameters, context.loaded.locate(file.file, path))];
  });
}

function firstOf({ value }: ContentFile): string | undefined {
  const at = isFields(value) ? value.publishedAt : undefined;
  return isInstant(at) ? at : undefined;
}

function credits(context: CheckContext): CandorError[] {
  const named = textsAt(context, 'advisories', ['credits', '*', 'name']);
  const thanked = textsAt(context, 'acknowledgements', ['thanks', '*', 'name']);
  const none = filesOf(context, 'disclosure').some(({ value }) => isFields(value) && value.credit === 'none');
  const place = ({ file, path }: Found, field?: string) =>
    context.loaded.locate(file.file, field === undefined ? path : [...path.slice(0, -1), field]);
  const refused = none ? [...named, ...thanked].map((found) => candorError('CreditNotOffered', {}, place(found))) : [];
  const early = named.flatMap((found) => {
    const consentedOn = dateAt(found.file, [...found.path.slice(0, -1), 'consentedOn']);
    const publishedOn = lastChange(found.file)?.slice(0, 10);
    if (consentedOn === undefined || publishedOn === undefined || consentedOn <= publishedOn) return [];
    return [candorError('CreditNotAgreed', { consentedOn, publishedOn }, place(found, 'consentedOn'))];
  });
  return [...refused, ...early];
}

function lastChange(file: ContentFile): string | undefined {
  const revisions = valueAt(file.value, ['revisions']);
  const times = Array.isArray(revisions)
    ? revisions.map((_, index) => valueAt(file.value, ['revisions', index, 'at']))
    : [];
  return [firstOf(file), ...times].filter(isInstant).sort().at(-1);
}

function dateAt({ value }: ContentFile, path: Path): string | undefined {
  return DateOn.safeParse(valueAt(value, path)).data;
}

function isInstant(value: unknown): value is string {
  return Instant.safeParse(value).success;
}
