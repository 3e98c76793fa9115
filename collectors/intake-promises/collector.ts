import { defineCollector } from '../define.ts';
import { doctor } from '../promises/doctor.ts';
import { setup } from '../promises/setup.sql.ts';
import { assess } from './assess.ts';
import { collect } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

const relations = ['measured_submission', 'promised_clock', 'job_run'];

/** Measures what is promised to those who write to us: when they are answered, and when their data is deleted. */
export default defineCollector({
  id: 'intake-promises',
  title: 'Promises to those who write to us',
  topic: 'requests',
  source: 'intake',
  method: 'EXAMINE',
  permissions: [
    'SELECT on the view measured_submission and the tables promised_clock and job_run of the database of intake; nothing in them is personal.',
    'The transaction is READ ONLY and rolled back.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'requests-answered-in-time': {
      title: 'Requests are answered in time',
      statement:
        'Each request that was answered in the window had its first answer within the time that was promised when it was sent in.',
    },
    'no-request-overdue': {
      title: 'No request is overdue',
      statement:
        'No request whose address is confirmed waits for an answer past the time that was promised, however old.',
    },
    'no-data-kept-too-long': {
      title: 'Personal data is deleted on time',
      statement: 'Nothing that was sent in still holds personal data after the time that is declared for its state.',
    },
    'retention-job-ran': {
      title: 'The deletion job runs',
      statement: 'The job that deletes personal data ran within the declared time.',
    },
  },
  reproduce: ({ window }) => [
    `select * from measured_submission where answered_at is null or answered_at > now() - interval '${window}';`,
    'select state, count(*), min(since) from measured_submission where has_data group by state;',
    'select * from job_run; select * from promised_clock;',
  ],
  collect,
  assess,
  doctor: (context) => doctor(context, relations),
  setup: () => setup(relations),
});
