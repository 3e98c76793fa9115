import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Prose, Title } from './core/text.ts';
import { Duration, TimeZone } from './core/time.ts';

/** Hours that count for a clock in business time. */
export const BusinessHours = z
  .strictObject({
    timeZone: TimeZone,
    days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
    from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:00'),
    to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 17:00'),
    holidays: z.array(z.iso.date()).default([]).meta({ description: 'Days that do not count.' }),
  })
  .refine((hours) => hours.from < hours.to, { path: ['to'], message: 'must be later than from' })
  .meta({ id: 'BusinessHours', description: 'Days and hours that count, in a stated time zone.' });
export type BusinessHours = z.infer<typeof BusinessHours>;

/** A promised time: which event starts it, how long, and which hours count. */
export const SlaClock = z
  .strictObject({
    id: Id,
    title: Title.meta({ description: 'The promise, for example: a report is acknowledged.' }),
    starts: z
      .enum(['receipt', 'confirmation', 'resolution', 'publication', 'last-update', 'last-review', 'departure'])
      .meta({
        description: 'The event that starts the clock.',
      }),
    ends: z.enum(['acknowledged', 'triaged', 'updated', 'fixed', 'disclosed']).optional().meta({
      description: 'For reports of vulnerabilities: what must have happened by then.',
    }),
    within: z
      .union([
        Duration,
        z.string().regex(/^[1-9][0-9]{0,2}bd$/, 'must be a duration such as 72h or business days such as 5bd'),
      ])
      .meta({ description: 'A duration such as 72h, or business days such as 5bd.' }),
    counts: z.enum(['calendar', 'business']).meta({ description: 'Whether every hour counts, or business hours.' }),
    hours: BusinessHours.optional().meta({ description: 'Needed for business time.' }),
    commitment: z.enum(['promised', 'target']).default('promised').meta({
      description: 'Whether it is promised, or aimed at.',
    }),
    sooner: Prose.optional().meta({ description: 'When it is sooner: law, contract, severity.' }),
    severities: z.array(z.string().min(1)).default([]).meta({ description: 'Only for these; all when empty.' }),
  })
  .refine((clock) => clock.counts === 'calendar' || clock.hours !== undefined, {
    path: ['hours'],
    message: 'is needed when business time counts',
  })
  .refine((clock) => clock.counts === 'business' || !clock.within.endsWith('bd'), {
    path: ['within'],
    message: 'business days need counts: business',
  })
  .meta({ id: 'SlaClock', description: 'A promised time with its start event and the hours that count.' });
export type SlaClock = z.infer<typeof SlaClock>;
