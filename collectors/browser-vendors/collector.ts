import { type CollectContext, type Diagnosis, defineCollector } from '../define.ts';
import { declaredCheck, hostsCheck } from '../vendors/assess.ts';
import { createMatcher } from '../vendors/matcher.ts';
import { vendorsOf } from '../vendors/observe.ts';
import { assess } from './assess.ts';
import { collect, hostsOfPages, look } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

/** Loads the product’s pages in a real browser and names the vendors that they reach. */
export default defineCollector({
  id: 'browser-vendors',
  title: 'Vendors that the product’s pages reach',
  topic: 'subprocessors',
  source: 'browser',
  method: 'TEST',
  permissions: [
    'What a visitor may see; for pages behind a sign-in, the storage state of an account with no customer’s data.',
    'It loads declared pages and follows links where that is declared. It fills in no form and clicks on nothing.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    ...declaredCheck,
    ...hostsCheck,
    'every-page-was-seen': {
      title: 'Every declared page was seen',
      statement:
        'Each page answered without an error, at the address that is declared, showed what it should, and came to rest.',
    },
  },
  reproduce: () => [
    'Open each declared page in a private window, with the network panel of the developer tools.',
    'Sort the requests by domain; look each foreign one up in the list of subprocessors.',
  ],
  collect,
  assess,
  doctor,
});

/** Loads the pages, and names hosts that are in no map to whoever runs it: nowhere else are they written. */
async function doctor(context: CollectContext<Expect>): Promise<Diagnosis[]> {
  const { expect } = context;
  const { pages } = await look(context);
  const matcher = createMatcher({
    ownHosts: [...expect.ownHosts, ...hostsOfPages(expect)],
    notVendors: expect.notVendors,
  });
  const hosts = pages.flatMap((page) => page.hosts.map(({ host }) => ({ kind: 'host' as const, value: host })));
  const unknown = vendorsOf(hosts, matcher).unknown.map(({ value }) => value);
  return [
    ...pages.map(
      ({ url, problem }): Diagnosis =>
        problem === null
          ? { level: 'ok', message: `${url} can be loaded.` }
          : { level: 'error', message: `${url} could not be seen: ${problem}.` },
    ),
    ...(unknown.length === 0
      ? []
      : [
          {
            level: 'ok' as const,
            message: `No vendor of the map is known for ${unknown.toSorted().join(', ')}.`,
            hint: 'Name your own under `ownHosts`, nobody’s under `notVendors`, and a vendor’s under `signals` of a subprocessor.',
          },
        ]),
  ];
}
