import { hash } from 'node:crypto';
import type { Assessment } from '../define.ts';
import { judgeAnswers } from './answers.ts';
import { holdingsSql, requestsSql } from './collect.ts';
import { judgeRetention } from './retention.ts';
import type { Expect, Facts, Raw } from './schema.ts';

/** Judges what was read; pure. */
export function assess(raw: Raw, expect: Expect): Assessment<Facts> {
  const answers = judgeAnswers(raw, expect);
  const retention = judgeRetention(raw, expect);
  return {
    population: {
      description: 'Everything that was ever sent in by the forms, whether or not its data has been deleted since.',
      queryDigest: hash('sha256', `${requestsSql};${holdingsSql}`),
      count: raw.submissions,
      complete: raw.complete,
    },
    findings: [...answers.findings, ...retention.findings],
    facts: { ...answers.facts, ...retention.facts },
  };
}
