import { defineCollector } from '../define.ts';
import { sampleChecks } from '../sampling/checks.ts';
import { doctorOf } from '../sampling/doctor.ts';
import { collectSamples } from '../sampling/raw.ts';
import { reproduceSamples } from '../sampling/reproduce.ts';
import { assess } from './assess.ts';
import { sampler } from './population.ts';
import { Expect, Facts, Raw } from './schema.ts';

/** Draws audit samples from the lines of an exported file, and judges those that were committed to. */
export default defineCollector({
  id: 'import-sample',
  title: 'Audit samples of an exported file',
  topic: 'audit-samples',
  source: 'import',
  method: 'EXAMINE',
  permissions: ['To read one exported CSV file.'],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: sampleChecks,
  reproduce: reproduceSamples,
  collect: (context, known) => collectSamples(context, known, 'import-sample'),
  assess,
  doctor: (context) => doctorOf(sampler, context),
  sample: sampler,
});
