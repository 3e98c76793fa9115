import { defineCollector } from '../define.ts';
import { sampleChecks } from '../sampling/checks.ts';
import { doctorOf } from '../sampling/doctor.ts';
import { collectSamples } from '../sampling/raw.ts';
import { reproduceSamples } from '../sampling/reproduce.ts';
import { assess } from './assess.ts';
import { sampler } from './population.ts';
import { Expect, Facts, Raw } from './schema.ts';

/** Draws audit samples from the merged pull requests of GitHub, and judges those that were committed to. */
export default defineCollector({
  id: 'github-sample',
  title: 'Audit samples of merged pull requests',
  topic: 'audit-samples',
  source: 'github',
  method: 'EXAMINE',
  permissions: [
    'Repository permissions of a fine-grained token: Pull requests and Metadata, read-only, of the declared repositories.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: sampleChecks,
  reproduce: reproduceSamples,
  collect: (context, known) => collectSamples(context, known, 'github-sample'),
  assess,
  doctor: (context) => doctorOf(sampler, context),
  sample: sampler,
});
