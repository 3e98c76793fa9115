import { defineCollector } from '../define.ts';
import { assess } from './assess.ts';
import { collect } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

/** Compares the list of subprocessors with what all observers of vendors have recorded, and with its own promises. */
export default defineCollector({
  id: 'content-subprocessors',
  title: 'Subprocessors, declared against observed',
  topic: 'subprocessors',
  source: 'content',
  method: 'EXAMINE',
  permissions: ['None: it reads the content and the evidence of this trust center.'],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'every-observer-has-looked': {
      title: 'Every observer of vendors has looked',
      statement:
        'Each source that is observed for vendors was looked at in whole, recently enough, and as it is declared now.',
    },
    'every-seen-vendor-is-declared': {
      title: 'No vendor is seen that is not on the list',
      statement:
        'Each vendor that any observer sees is declared to be in use on that day, or is named with a reason as no subprocessor by each source that sees it.',
    },
    'every-declared-vendor-is-seen': {
      title: 'Every vendor on the list is seen in use',
      statement:
        'Each vendor that is declared to be in use was seen by an observer within the declared days, or says why none can see it.',
    },
    'every-notice-is-as-long-as-promised': {
      title: 'Every notice is as long as promised',
      statement:
        'Each added or changed subprocessor was announced the promised time before it took effect, with the promised time to object.',
    },
    'no-vendor-before-its-notice-ran-out': {
      title: 'No vendor is used before its notice has run out',
      statement:
        'Each vendor that came into use since notice is promised was announced, and was neither declared nor seen in use before the day it takes effect.',
    },
    'every-vendor-has-an-agreement': {
      title: 'There is an agreement with every vendor',
      statement:
        'For each vendor in use a processing agreement is declared, by the day it was signed or by its public address.',
    },
    'every-vendor-was-vetted': {
      title: 'Every vendor was vetted in time',
      statement: 'Each vendor in use was vetted within the declared number of days.',
    },
    'every-certificate-is-current': {
      title: 'No certificate of a vendor has expired',
      statement: 'No certificate that a vendor in use is said to hold has passed its day of expiry.',
    },
  },
  reproduce: () => [
    'Open /subprocessors.json, and the evidence of each observer that it names.',
    'Look each vendor of their facts up in the list; count the days between `announcedOn` and `effectiveOn`.',
  ],
  collect: async (_, known) => collect(known),
  assess,
});
