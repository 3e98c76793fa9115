import ical, { type ICalEventData } from 'ical-generator';
import type { Entry, Subprocessor, SubprocessorNotice } from '../../schemas/index.ts';

/** The three days of a notice, and what happens on each. */
const days = [
  { name: 'announced', on: 'announcedOn', words: 'Announced' },
  { name: 'objection', on: 'objectionDeadline', words: 'Last day to object' },
  { name: 'effective', on: 'effectiveOn', words: 'Takes effect' },
] as const;

/**
 * The notices as a calendar (RFC 5545): three all-day events each. A UID is made of what never changes about a notice, so
 * that a moved deadline moves the entry of those who subscribe. The same content always gives the same bytes.
 */
export function noticesCalendar(
  { name, page }: { name: string; page: string },
  subprocessors: readonly Entry<Subprocessor>[],
): string {
  const { host } = new URL(page);
  const calendar = ical({
    // The library leaves the name as it is, and a text must have these escaped (3.3.11).
    name: `${name}: notices about subprocessors`.replace(/[\\;,]/g, '\\$&'),
    prodId: { company: 'Candor', product: 'Trust center', language: 'EN' },
  });
  const notices = subprocessors.flatMap(({ id, data }) => data.notices.map((notice) => ({ id, vendor: data, notice })));
  const taken = new Map<string, number>();
  for (const { id, vendor, notice } of notices) {
    const named = `${id}.${notice.change}.${notice.announcedOn}`;
    const nth = (taken.get(named) ?? 0) + 1;
    taken.set(named, nth);
    for (const day of days)
      calendar.createEvent({
        id: `${named}.${nth === 1 ? '' : `${nth}.`}${day.name}@${host}`,
        ...allDay(notice[day.on]),
        stamp: midnight(notice.announcedOn),
        summary: `${day.words}: ${changeOf(vendor.name, notice)}`,
        description: notice.summary,
        url: `${page}#vendor-${id}`,
      });
  }
  // Each line ends in CR LF, the last one too (3.1); the library leaves that out.
  return `${calendar.toString()}\r\n`;
}

function changeOf(name: string, { change }: SubprocessorNotice): string {
  if (change === 'added') return `${name} becomes a subprocessor`;
  return change === 'removed' ? `${name} is a subprocessor no longer` : `${name} changes as a subprocessor`;
}

/** A whole day in no time zone: DTEND is the day after (RFC 5545, 3.6.1). */
function allDay(on: string): Pick<ICalEventData, 'start' | 'end' | 'allDay'> {
  const start = midnight(on);
  return { start, end: new Date(start.getTime() + 86_400_000), allDay: true };
}

function midnight(on: string): Date {
  return new Date(`${on}T00:00:00Z`);
}
