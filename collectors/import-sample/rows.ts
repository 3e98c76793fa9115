import { type Item, momentOf } from '../../posture/sampling/attributes.ts';
import { SourceUnreadable } from '../define.ts';
import { windowOf } from '../sampling/declaration.ts';
import type { Expect } from './schema.ts';

/**
 * Whether a line belongs to the population. An empty cell that would decide it is neither yes nor no. Throws
 * SourceUnreadable, which names the line and never a cell.
 */
export function belongs(row: Item, line: number, expect: Expect): boolean {
  const { at, where } = expect.population;
  const answers = [
    within(row[at] ?? '', expect),
    ...where.map((filter) => {
      const value = row[filter.field] ?? '';
      if (value === '') return undefined;
      return 'equals' in filter ? value === filter.equals : filter.oneOf.includes(value);
    }),
  ];
  if (answers.includes(false)) return false;
  if (answers.includes(undefined))
    throw new SourceUnreadable('schema', `Line ${line} does not say whether it belongs to the population.`);
  return true;
}

function within(text: string, expect: Expect): boolean | undefined {
  const moment = momentOf(text);
  if (moment === undefined) return undefined;
  const { from, until } = windowOf(expect);
  return moment.ms >= Date.parse(from) && moment.ms < Date.parse(until);
}

/**
 * The id of a line, which comes after the one before: so each is there once, and the order is that of the key and not of the
 * file. Throws SourceUnreadable.
 */
export function idOf(row: Item, line: number, before: string | undefined, { population }: Expect): string {
  const id = row[population.key] ?? '';
  // What is no UTF-8 is read as this character, so that two ids would be one.
  if (id.includes('\ufffd')) throw new SourceUnreadable('schema', `The id in line ${line} is not text in UTF-8.`);
  if (id === '') throw new SourceUnreadable('schema', `Line ${line} has no id.`);
  if (population.order === 'number' && !/^(0|[1-9]\d{0,14})$/.test(id))
    throw new SourceUnreadable('schema', `The id in line ${line} is no whole number.`);
  const isAfter = before === undefined || (population.order === 'number' ? Number(id) > Number(before) : id > before);
  if (!isAfter)
    throw new SourceUnreadable(
      'schema',
      `The id in line ${line} does not come after the one before: sort the file by it.`,
    );
  return id;
}
