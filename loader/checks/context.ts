import type { z } from 'zod';
import type { ContentType, Id, SourceKind } from '../../schemas/index.ts';
import type { ContentFile } from '../file.ts';
import type { Loaded } from '../load.ts';
import { isFields, type Path, valueAt } from '../position.ts';

/** What the checks need to know of a collector. A collector of `collectors/` is one. */
export type KnownCollector = {
  id: Id;
  source: SourceKind;
  checks: Readonly<Record<Id, unknown>>;
  expect: z.ZodType;
};

/** Everything that a check may look at. Values are as written: a check goes on where parsing has failed. */
export type CheckContext = {
  dir: string;
  loaded: Loaded;
  byType: ReadonlyMap<ContentType, readonly ContentFile[]>;
  collectors: ReadonlyMap<string, KnownCollector>;
  now: Date;
};

/** A text and where it stands. */
export type Found = { file: ContentFile; path: Path; value: string };

/** Steps to values; `*` stands for every entry of a list. */
export type Pattern = readonly string[];

/** The files of one kind of content. */
export function filesOf({ byType }: CheckContext, type: ContentType): readonly ContentFile[] {
  return byType.get(type) ?? [];
}

/** The ids that there are of one kind of content, whether their files could be parsed or not. */
export function idsOf(context: CheckContext, type: ContentType): ReadonlySet<string> {
  return new Set(filesOf(context, type).map(({ id }) => id));
}

/** Every text at a pattern in all files of a kind. Other values are left out: the schema has spoken about them. */
export function textsAt(context: CheckContext, type: ContentType, pattern: Pattern): Found[] {
  return filesOf(context, type).flatMap((file) =>
    pathsAt(file.value, pattern).flatMap((path) => {
      const value = valueAt(file.value, path);
      return typeof value === 'string' ? [{ file, path, value }] : [];
    }),
  );
}

/** All paths of a value that fit a pattern. */
function pathsAt(value: unknown, pattern: Pattern): Path[] {
  return pattern.reduce<Path[]>(
    (paths, step) =>
      paths.flatMap((path) => {
        const here = valueAt(value, path);
        if (step === '*') return Array.isArray(here) ? here.map((_, index) => [...path, index]) : [];
        return isFields(here) && Object.hasOwn(here, step) ? [[...path, step]] : [];
      }),
    [[]],
  );
}

/** Every text anywhere in a value. */
export function allTexts(value: unknown, path: Path = []): { path: Path; value: string }[] {
  if (typeof value === 'string') return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => allTexts(item, [...path, index]));
  if (isFields(value)) return Object.entries(value).flatMap(([key, item]) => allTexts(item, [...path, key]));
  return [];
}
