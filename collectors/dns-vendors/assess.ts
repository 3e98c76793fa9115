import { createHash } from 'node:crypto';
import type { Finding } from '../../schemas/index.ts';
import type { Assessment } from '../define.ts';
import { assessHosts, assessVendors, unknownSignals } from '../vendors/assess.ts';
import type { Expect, Facts, Problem, Raw } from './schema.ts';

/** Each problem in words that follow the name, and whether it is the record that is wrong or the look that failed. */
const problems: Readonly<Record<Problem, [outcome: 'failed' | 'error', words: string]>> = {
  'no such name': ['failed', 'It does not exist (NXDOMAIN).'],
  timeout: ['error', 'A question about it was not answered in time.'],
  refused: ['error', 'The DNS server refused a question about it.'],
  'server failure': ['error', 'The DNS server failed on a question about it (SERVFAIL).'],
  malformed: ['error', 'An answer about it could not be understood.'],
  'two SPF records': ['failed', 'It has more than one SPF record, so receivers use none (RFC 7208, 4.5).'],
  'too many SPF lookups': [
    'failed',
    'Its SPF record needs more than 10 look-ups, where receivers stop (RFC 7208, 4.6.4).',
  ],
  'SPF loop': ['failed', 'Its SPF record includes itself.'],
  'SPF include without record': ['failed', 'Its SPF record includes a name that has none (RFC 7208, 5.2).'],
  'SPF include by macro': [
    'error',
    'Its SPF record includes a name of its own that is another one for each mail, so what that names is unknown.',
  ],
  'alias loop': ['failed', 'Its aliases go in a circle.'],
  'too many aliases': ['failed', 'It is an alias of an alias more than 16 times.'],
};

/** Judges what was read; pure. Where a name could not be read to its end, nothing passes. */
export function assess(raw: Raw, expect: Expect): Assessment<Facts> {
  const { findings, facts } = assessVendors(raw, expect, 'in DNS');
  return {
    population: {
      description: 'The declared domains and host names.',
      queryDigest: createHash('sha256')
        .update(JSON.stringify(['MX, TXT, SPF; CNAME', expect.domains, expect.hosts]))
        .digest('hex'),
      count: raw.names.length,
      complete: raw.names.every((name) => name.problems.length === 0),
    },
    findings: [...findings, ...assessHosts(raw.hosts, 'Of the hosts that DNS names'), ...raw.names.map(readingOf)],
    facts: { ...facts, namesAsked: raw.names.length, mostSpfLookups: raw.spfLookups },
    redactions: unknownSignals({ 'TXT records': raw.unknownTexts }),
  };
}

function readingOf({ name, problems: found }: Raw['names'][number]): Finding {
  const about = { check: 'every-record-was-read', subject: name };
  const told = found.map((problem) => problems[problem]);
  if (told.length === 0) return { ...about, outcome: 'passed', reason: 'All its records were read.' };
  const outcome = told.some(([worst]) => worst === 'failed') ? 'failed' : 'error';
  return { ...about, outcome, reason: told.map(([, words]) => words).join(' ') };
}
