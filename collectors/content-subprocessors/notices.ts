import type { Finding, SubprocessorNotice } from '../../schemas/index.ts';
import { compared } from './days.ts';
import { seenBy } from './observed.ts';
import type { Listed, NoticePromise, Raw } from './schema.ts';

const unpromised = 'No period of notice is declared to be promised.';

/** One finding for each notice since the promise: whether it gives customers the time that they were promised. */
export function everyNoticeIsLongEnough({ list }: Raw, promise: NoticePromise | undefined): Finding[] {
  const check = 'every-notice-is-as-long-as-promised';
  const nothing = (reason: string): Finding[] => [{ check, subject: 'Notices', outcome: 'not-applicable', reason }];
  if (promise === undefined) return nothing(unpromised);
  const findings = list.flatMap(({ name, notices }) =>
    notices
      .filter(({ announcedOn, change }) => announcedOn >= promise.since && change !== 'removed')
      .map((notice) => ({ check, subject: subjectOf(name, notice), ...lengthOf(notice, promise) })),
  );
  return findings.length > 0 ? findings : nothing(`No change was announced since ${promise.since}.`);
}

function lengthOf(notice: SubprocessorNotice, promise: NoticePromise): Pick<Finding, 'outcome' | 'reason'> {
  const { announcedOn, effectiveOn, objectionDeadline } = notice;
  const length = compared(announcedOn, effectiveOn, promise.notice);
  if (!length.enough)
    return {
      outcome: 'failed',
      reason: `It was announced ${length.given} before it takes effect; ${length.asked} are promised.`,
    };
  const objection = promise.objection && compared(announcedOn, objectionDeadline, promise.objection);
  if (objection !== undefined && !objection.enough)
    return {
      outcome: 'failed',
      reason: `Customers have ${objection.given} to object; ${objection.asked} are promised.`,
    };
  return { outcome: 'passed', reason: `It was announced ${length.given} before it takes effect.` };
}

/** One finding for each vendor that is or will be in use: whether customers were told in time before it was. */
export function noVendorBeforeItsNotice(raw: Raw, promise: NoticePromise | undefined): Finding[] {
  const check = 'no-vendor-before-its-notice-ran-out';
  return raw.list
    .filter(({ vendor }) => vendor.until === undefined || vendor.until >= raw.today)
    .map((listed) => ({ check, subject: listed.name, ...startOf(listed, raw, promise) }));
}

function startOf(listed: Listed, raw: Raw, promise: NoticePromise | undefined): Pick<Finding, 'outcome' | 'reason'> {
  const { since } = listed.vendor;
  const by = seenBy(listed, raw)[0];
  const added = listed.notices
    .filter(({ change }) => change === 'added')
    .toSorted(byAnnouncement)
    .at(-1);
  if (added === undefined) {
    if (listed.engagement === 'customer-connected')
      return { outcome: 'not-applicable', reason: 'Customers connect it themselves.' };
    if (promise === undefined) return { outcome: 'not-applicable', reason: unpromised };
    if (since < promise.since)
      return { outcome: 'not-applicable', reason: `In use since ${since}, before notice was promised.` };
    if (since <= raw.today || by !== undefined)
      return { outcome: 'failed', reason: `In use since ${since}, and nobody was told before.` };
    const left = compared(raw.today, since, promise.notice);
    return left.enough
      ? { outcome: 'not-applicable', reason: `Not in use yet; to be announced before ${since}.` }
      : { outcome: 'failed', reason: `To be in use from ${since}; ${left.asked} of notice no longer fit.` };
  }
  const { effectiveOn } = added;
  if (effectiveOn > raw.today && by !== undefined)
    return { outcome: 'failed', reason: `Seen by ${by}, though its notice runs until ${effectiveOn}.` };
  if (since < effectiveOn)
    return { outcome: 'failed', reason: `In use from ${since}, though its notice runs until ${effectiveOn}.` };
  return { outcome: 'passed', reason: `Announced on ${added.announcedOn}, in use from ${since}.` };
}

function byAnnouncement(a: SubprocessorNotice, b: SubprocessorNotice): number {
  return a.announcedOn < b.announcedOn ? -1 : 1;
}

function subjectOf(name: string, { change, effectiveOn }: SubprocessorNotice): string {
  return `${name}, ${change} on ${effectiveOn}`;
}
