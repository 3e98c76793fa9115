import { type AttributeOutcome, type AttributeTest, durationMs } from '../../schemas/index.ts';

/** The fields of one item as text; null where there is no value. Private: only outcomes leave. */
export type Item = Readonly<Record<string, string | null>>;

/** A pattern is tried on this many characters at most. */
const LONGEST = 10_000;
const DAY_MS = 86_400_000;

/** The fields that a test looks at. */
export function fieldsOf(test: AttributeTest): string[] {
  if ('differsFrom' in test) return [test.field, test.differsFrom];
  if ('atOrBefore' in test) return [test.field, test.atOrBefore];
  return 'of' in test ? [test.field, test.of] : [test.field];
}

/**
 * Whether an item meets an attribute. A missing value, a time that cannot be read, and an item that is not there any more
 * are `unavailable`: never met, because an auditor cannot see it. AICPA Audit Guide “Audit Sampling”, on items that
 * cannot be examined.
 */
export function testItem(test: AttributeTest, item: Item | undefined): AttributeOutcome {
  const value = valueIn(item, test.field);
  if (value === undefined) return 'unavailable';
  if ('present' in test) return 'met';
  if ('equals' in test) return metWhen(value === test.equals);
  if ('oneOf' in test) return metWhen(test.oneOf.includes(value));
  if ('matches' in test)
    return value.length > LONGEST ? 'unavailable' : metWhen(new RegExp(test.matches, 'u').test(value));
  const other = valueIn(item, fieldsOf(test)[1] ?? '');
  if (other === undefined) return 'unavailable';
  if ('differsFrom' in test) return metWhen(nameOf(value) !== nameOf(other));
  const [from, to] = 'atOrBefore' in test ? [momentOf(value), momentOf(other)] : [momentOf(other), momentOf(value)];
  // A day and an instant cannot be compared, and of days no hours are known.
  if (from === undefined || to === undefined || from.isDay !== to.isDay) return 'unavailable';
  if ('atOrBefore' in test) return metWhen(from.ms <= to.ms);
  const limit = durationMs(test.within);
  if (from.isDay && limit % DAY_MS !== 0) return 'unavailable';
  return metWhen(from.ms <= to.ms && to.ms - from.ms <= limit);
}

function metWhen(holds: boolean): AttributeOutcome {
  return holds ? 'met' : 'deviation';
}

/** Blank is no value: whoever approved with a blank name is nobody. */
function valueIn(item: Item | undefined, field: string): string | undefined {
  const value = item !== undefined && Object.hasOwn(item, field) ? item[field] : null;
  return value === null || value === undefined || value.trim() === '' ? undefined : value;
}

/** People are spelt in more than one way: `Ada@x` and ` ada@x ` are one, so that nobody approves for themself by a capital. */
function nameOf(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

const moment = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** A day, or an instant; one without an offset is in UTC. Undefined for any other text and for days that do not exist. */
export function momentOf(text: string): { ms: number; isDay: boolean } | undefined {
  const [, day, time, offset = 'Z'] = moment.exec(text.trim()) ?? [];
  if (day === undefined || new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day) return undefined;
  if (time === undefined) return { ms: Date.parse(`${day}T00:00:00Z`), isDay: true };
  const [, hours = '', minutes = '00'] = /^([+-]\d\d):?(\d\d)?$/.exec(offset) ?? [];
  const ms = Date.parse(`${day}T${time}${hours === '' ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(ms) ? undefined : { ms, isDay: false };
}
