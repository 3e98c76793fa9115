import { defineCollector } from '../define.ts';
import { doctor } from '../promises/doctor.ts';
import { setup } from '../promises/setup.sql.ts';
import { assess } from './assess.ts';
import { collect } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

const relations = ['measured_report', 'promised_clock'];

/** Measures what is promised to those who report weaknesses: when they hear from us, and when it is mended. */
export default defineCollector({
  id: 'disclosure-promises',
  title: 'Promises to those who report weaknesses',
  topic: 'disclosure',
  source: 'intake',
  method: 'EXAMINE',
  permissions: [
    'SELECT on the view measured_report and the table promised_clock of the database of intake; nothing in them is personal, and no text of a report.',
    'The transaction is READ ONLY and rolled back.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'acknowledged-in-time': {
      title: 'Reports are acknowledged in time',
      statement:
        'Each report that was acknowledged in the window was acknowledged within the time that was promised when it came.',
    },
    'triaged-in-time': {
      title: 'Reports are assessed in time',
      statement:
        'Each report that was assessed in the window was so within the time that was promised when it came; and none was closed in it after that time.',
    },
    'fixed-in-time': {
      title: 'Weaknesses are mended in time',
      statement:
        'Each weakness that was mended in the window, and for which a time was declared when its report came, was so within it; and no report was closed, or called less severe, in the window after that time.',
    },
    'no-report-overdue': {
      title: 'No report is overdue',
      statement: 'In no report does a declared time run that is over, however old the report is.',
    },
    'no-report-kept-too-long': {
      title: 'Reports are deleted on time',
      statement: 'No report that has come to its end still has a text after the time that is declared for it.',
    },
  },
  reproduce: ({ window }) => [
    `select * from measured_report where received_at > now() - interval '${window}';`,
    'select state, count(*), count(*) filter (where has_text) from measured_report group by state;',
    "select * from promised_clock where clock like 'disclosure/%' order by since;",
  ],
  collect,
  assess,
  doctor: (context) => doctor(context, relations),
  setup: () => setup(relations),
});
