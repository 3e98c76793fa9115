import { createDnsClient } from '../clients/dns.ts';
import { type Diagnosis, defineCollector } from '../define.ts';
import { declaredCheck, hostsCheck } from '../vendors/assess.ts';
import { assess } from './assess.ts';
import { collect } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

export default defineCollector({
  id: 'dns-vendors',
  title: 'Vendors that DNS names',
  topic: 'subprocessors',
  source: 'dns',
  method: 'EXAMINE',
  permissions: ['To ask a DNS server about the declared names.'],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    ...declaredCheck,
    ...hostsCheck,
    'every-record-was-read': {
      title: 'Every declared name was read to its end',
      statement:
        'Each declared name exists, each question about it was answered, its aliases end, and its SPF record can be followed within the limits of RFC 7208.',
    },
  },
  reproduce: ({ domains, hosts }) =>
    [
      ...domains.slice(0, 10).map((name) => `dig +noall +answer ${name} MX; dig +noall +answer ${name} TXT`),
      ...hosts.slice(0, 10).map((name) => `dig +noall +answer ${name} CNAME`),
    ].map((command) => command.slice(0, 300)),
  collect,
  assess,
  doctor: async ({ connection: { servers }, expect, signal }) => {
    const client = createDnsClient(servers, expect.timeoutMs, signal);
    const answers = await Promise.all(expect.domains.slice(0, 5).map((name) => client.txt(name)));
    return answers.map((answer, index): Diagnosis => {
      const name = expect.domains[index] ?? '';
      if (answer.is === 'answered') return { level: 'ok', message: `${name} is answered for.` };
      if (answer.is === 'no such name') return { level: 'error', message: `${name} does not exist.` };
      return { level: 'error', message: `${name}: no answer (${answer.problem}).`, hint: 'Are the `servers` right?' };
    });
  },
});
