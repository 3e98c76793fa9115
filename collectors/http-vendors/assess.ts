import { createHash } from 'node:crypto';
import type { Finding } from '../../schemas/index.ts';
import type { Assessment } from '../define.ts';
import { assessHosts, assessVendors, unknownSignals } from '../vendors/assess.ts';
import type { Expect, Facts, Raw } from './schema.ts';

/** Judges whom the headers name; pure. An address that did not answer leaves the look incomplete. */
export function assess(
  { reading, hosts, answers, answeredLocally }: Raw,
  { notSubprocessors }: Expect,
): Assessment<Facts> {
  const judged = assessVendors(reading, { notSubprocessors }, 'in the headers of the product’s pages');
  const answered = answers.filter(({ problem }) => problem === null).length;
  const note = answeredLocally ? '; for this demonstration answered by the collector’s own machine' : '';
  return {
    population: {
      description: `The headers of the declared addresses, and of those of the same hosts that they lead to${note}.`,
      queryDigest: createHash('sha256').update('response headers of the declared addresses').digest('hex'),
      count: answers.length,
      complete: answered === answers.length,
    },
    findings: [
      ...judged.findings,
      ...assessHosts(hosts, 'Of the hosts in the headers'),
      ...answers.map(
        ({ problem }, index): Finding => ({
          check: 'every-address-answered',
          subject: `Address ${index + 1} of the declared ones`,
          ...(problem === null
            ? { outcome: 'passed', reason: 'It answered.' }
            : { outcome: 'inconclusive', reason: `It did not answer (${problem}), so whom it names is unknown.` }),
        }),
      ),
    ],
    facts: {
      ...judged.facts,
      answered,
      asked: answers.length,
      withoutPolicy: answers.filter(({ problem, policy }) => problem === null && policy === 'none').length,
      policyAllowsAny: answers.filter(({ policy }) => policy === 'any').length,
      unknownHosts: hosts.unknownCount,
      answeredLocally,
    },
    redactions: unknownSignals({ 'hosts of the headers': hosts.unknownCount }),
  };
}
