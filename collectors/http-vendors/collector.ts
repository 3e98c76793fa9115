import { type CollectContext, type Diagnosis, defineCollector } from '../define.ts';
import { declaredCheck, hostsCheck } from '../vendors/assess.ts';
import { createMatcher } from '../vendors/matcher.ts';
import { vendorsOf } from '../vendors/observe.ts';
import { assess } from './assess.ts';
import { collect, hostsOfUrls, lookAtAll } from './collect.ts';
import { namedBy } from './policy.ts';
import { Expect, Facts, Raw } from './schema.ts';

/** Reads the response headers of the product’s addresses and names the vendors that they give away or let in. */
export default defineCollector({
  id: 'http-vendors',
  title: 'Vendors in the headers of the product’s pages',
  topic: 'subprocessors',
  source: 'http',
  method: 'TEST',
  permissions: ['What anybody may ask: GET of the declared addresses, without cookies.'],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    ...declaredCheck,
    ...hostsCheck,
    'every-address-answered': {
      title: 'Every declared address answered',
      statement: 'Each address answered without an error, on a declared host.',
    },
  },
  reproduce: () => [
    'curl --silent --head <each declared address>',
    'Look each host of `content-security-policy`, `link`, `report-to` and `reporting-endpoints` up in the list.',
  ],
  collect,
  assess,
  doctor,
});

/** Asks each address, and names hosts that are in no map to whoever runs it: nowhere else are they written. */
async function doctor(context: CollectContext<Expect>): Promise<Diagnosis[]> {
  const { expect } = context;
  const looks = await lookAtAll(context);
  const ownHosts = [...expect.ownHosts, ...hostsOfUrls(expect)];
  const matcher = createMatcher({ ownHosts, notVendors: expect.notVendors });
  const hosts = looks.flatMap(({ headers }) => namedBy(headers).hosts);
  const { unknown } = vendorsOf(
    [...new Set(hosts)].map((value) => ({ kind: 'host' as const, value })),
    matcher,
  );
  const answered = looks.map(({ problem }, index): Diagnosis => {
    const url = expect.urls[index] ?? '';
    return problem === null
      ? { level: 'ok', message: `${url} answers.` }
      : { level: 'error', message: `${url} did not answer: ${problem}.` };
  });
  if (unknown.length === 0) return answered;
  const names = unknown.map(({ value }) => value).toSorted();
  return [
    ...answered,
    {
      level: 'ok',
      message: `No vendor of the map is known for ${names.join(', ')}.`,
      hint: 'Name your own under `ownHosts`, nobody’s under `notVendors`, and a vendor’s under `signals` of a subprocessor.',
    },
  ];
}
