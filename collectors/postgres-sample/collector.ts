import { defineCollector } from '../define.ts';
import { sampleChecks } from '../sampling/checks.ts';
import { doctorOf } from '../sampling/doctor.ts';
import { collectSamples } from '../sampling/raw.ts';
import { reproduceSamples } from '../sampling/reproduce.ts';
import { assess } from './assess.ts';
import { sampler } from './population.ts';
import { Expect, Facts, Raw } from './schema.ts';
import { setup } from './setup.sql.ts';

/** Draws audit samples from the rows of a PostgreSQL table, and judges those that were committed to. */
export default defineCollector({
  id: 'postgres-sample',
  title: 'Audit samples of a PostgreSQL table',
  topic: 'audit-samples',
  source: 'postgres',
  method: 'EXAMINE',
  permissions: [
    'SELECT on the one table that is sampled, and on no other.',
    'A login that no row-level security filters on that table: a filtered population is refused.',
    'Every transaction is READ ONLY and rolled back.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: sampleChecks,
  reproduce: reproduceSamples,
  collect: (context, known) => collectSamples(context, known, 'postgres-sample'),
  assess,
  doctor: (context) => doctorOf(sampler, context),
  sample: sampler,
  setup,
});
