import { createSocket } from 'node:dgram';
import { describe, expect, test } from 'vitest';
import { known } from '../vendors/company.ts';
import { ask, look } from './look.ts';

const lookups = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `include:s${from + index}.harbour.ch`).join(' ');
const empty = (from: number, to: number) =>
  Object.fromEntries(
    Array.from({ length: to - from + 1 }, (_, index) => [`s${from + index}.harbour.ch`, { txt: ['v=spf1 -all'] }]),
  );

describe('how a look ends', () => {
  test('passed: every vendor is declared', async () => {
    const { lines, population, facts } = await look();
    expect(lines).toMatchInlineSnapshot(`
      [
        "every-observed-vendor-is-declared · Google Workspace passed: It is seen in DNS, by the mail host aspmx.l.google.com and the sender (SPF) _spf.google.com, and is declared.",
        "every-observed-vendor-is-declared · Stripe passed: It is seen in DNS, by the TXT record stripe-verification=, and is declared.",
        "every-observed-vendor-is-declared · Vercel passed: It is seen in DNS, by the alias to vercel-dns.com, and is declared.",
        "every-third-party-host-is-known · Hosts that are known passed: Of the hosts that DNS names, 2 are the company’s own and 3 are those of known vendors.",
        "every-record-was-read · harbour.ch passed: All its records were read.",
        "every-record-was-read · www.harbour.ch passed: All its records were read.",
      ]
    `);
    expect(facts).toMatchInlineSnapshot(`
      {
        "furtherVendors": [],
        "mostSpfLookups": 3,
        "namesAsked": 2,
        "vendorCount": 3,
        "vendors": [
          "google-workspace: mx aspmx.l.google.com, spf _spf.google.com",
          "stripe: txt stripe-verification=",
          "vercel: cname vercel-dns.com",
        ],
      }
    `);
    expect(population).toMatchObject({ count: 2, complete: true });
  });

  test('failed: a vendor that nobody declared', async () => {
    const { bad } = await look({}, {}, known());
    expect(bad).toEqual([
      'every-observed-vendor-is-declared Google Workspace failed',
      'every-observed-vendor-is-declared Stripe failed',
      'every-observed-vendor-is-declared Vercel failed',
    ]);
  });

  test('denied: the server refuses', async () => {
    const refused = { behaviour: 'refused' } as const;
    await expect(look({ 'harbour.ch': refused, 'www.harbour.ch': refused })).rejects.toMatchObject({
      kind: 'denied',
      message: 'The DNS server refuses to answer this machine.',
    });
  });

  test('transient error: nobody answers, or nothing listens, or the run is stopped', async () => {
    const silent = { behaviour: 'silent' } as const;
    const intent = { hosts: [] };
    await expect(look({ 'harbour.ch': silent }, intent)).rejects.toMatchObject({ kind: 'transient' });
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    await expect(ask(`127.0.0.1:${port}`, intent)).rejects.toMatchObject({
      kind: 'transient',
      message: 'The DNS server answered none of the questions.',
    });
    await expect(ask('127.0.0.1:9', intent, undefined, AbortSignal.abort())).rejects.toMatchObject({
      kind: 'transient',
      message: 'The run was stopped before all names were asked about.',
    });
  });

  test('empty: a domain without records, which is an answer', async () => {
    const { findings, population } = await look({ 'harbour.ch': {} }, { hosts: [] }, known());
    expect(findings).toEqual([
      {
        check: 'every-record-was-read',
        subject: 'harbour.ch',
        outcome: 'passed',
        reason: 'All its records were read.',
      },
    ]);
    expect(population).toMatchObject({ count: 1, complete: true });
  });

  test('partial: one name of two without an answer makes the whole look incomplete', async () => {
    const { bad, population } = await look({ 'www.harbour.ch': { behaviour: 'servfail' } });
    expect(bad).toEqual(['every-record-was-read www.harbour.ch error']);
    expect(population.complete).toBe(false);
  });

  test('servers that are no addresses are a wrong configuration', async () => {
    await expect(ask('dns.harbour.ch')).rejects.toMatchObject({ kind: 'configuration' });
  });
});

describe('every-observed-vendor-is-declared', () => {
  test.each([
    ['mail goes to a vendor', { 'harbour.ch': { mx: ['mx1.mailgun.org'], txt: [] } }, 'Mailgun (Sinch)'],
    [
      'a vendor may send',
      { '_spf.harbour.ch': { txt: ['v=spf1 include:sendgrid.net -all'] }, 'sendgrid.net': { txt: ['v=spf1 -all'] } },
      'Twilio SendGrid',
    ],
    ['a host is at a vendor', { 'www.harbour.ch': { cname: 'harbour.zendesk.com' } }, 'Zendesk'],
    [
      'a vendor was shown the domain',
      { 'harbour.ch': { txt: ['atlassian-domain-verification=x'] } },
      'Atlassian (Jira, Confluence)',
    ],
  ])('sabotage of every-observed-vendor-is-declared: %s', async (_, zone, vendor) => {
    expect((await look(zone)).bad).toEqual([`every-observed-vendor-is-declared ${vendor} failed`]);
  });

  test.each([
    [
      'what a vendor’s SPF record includes',
      { '_spf.google.com': { txt: ['v=spf1 include:sendgrid.net -all'] }, 'sendgrid.net': { txt: ['v=spf1 -all'] } },
    ],
    ['what a vendor’s host is an alias of', { 'cname.vercel-dns.com': { cname: 'd1.cloudfront.net' } }],
    [
      'a text that only sounds alike',
      {
        'harbour.ch': {
          mx: ['aspmx.l.google.com'],
          txt: ['our atlassian-domain-verification= note', 'v=spf10 include:sendgrid.net'],
        },
      },
    ],
  ])('near miss of every-observed-vendor-is-declared: %s', async (_, zone) => {
    expect((await look(zone)).bad).toEqual([]);
  });
});

describe('every-third-party-host-is-known', () => {
  test.each([
    ['mail', { 'harbour.ch': { mx: ['mx.evil-google.com'] } }, 'mx.evil-google.com'],
    ['an alias', { 'www.harbour.ch': { cname: 'harbour.unheard-of.dev' } }, 'harbour.unheard-of.dev'],
    [
      'an include',
      {
        '_spf.harbour.ch': { txt: ['v=spf1 include:spf.unheard-of.dev -all'] },
        'spf.unheard-of.dev': { txt: ['v=spf1 -all'] },
      },
      'spf.unheard-of.dev',
    ],
  ])('sabotage of every-third-party-host-is-known: %s', async (_, zone, host) => {
    expect((await look(zone)).bad).toEqual([`every-third-party-host-is-known ${host} failed`]);
  });

  test('near miss of every-third-party-host-is-known: own hosts, macros of SPF, a host with a reason', async () => {
    const { bad, lines } = await look(
      {
        'harbour.ch': { mx: ['mx.harbour.ch'], txt: ['v=spf1 exists:%{i}._spf.harbour.ch a mx -all'] },
        'www.harbour.ch': { cname: 'web.partner.dev' },
      },
      { notVendors: { 'partner.dev': 'A customer’s own server.' } },
    );
    expect(bad).toEqual([]);
    expect(lines).toContain(
      'every-third-party-host-is-known · partner.dev not-applicable: Nobody’s product: A customer’s own server.',
    );
  });
});

describe('every-record-was-read', () => {
  test.each([
    ['a name that does not exist', {}, { hosts: ['gone.harbour.io'] }, 'gone.harbour.io'],
    ['aliases in a circle', { 'edge.harbour.ch': { cname: 'www.harbour.ch' } }, {}, 'www.harbour.ch'],
    ['an alias of itself', { 'www.harbour.ch': { cname: 'www.harbour.ch' } }, {}, 'www.harbour.ch'],
    ['two SPF records', { 'harbour.ch': { txt: ['v=spf1 -all', 'V=SPF1 ~all'] } }, {}, 'harbour.ch'],
    ['SPF that includes itself', { '_spf.harbour.ch': { txt: ['v=spf1 include:harbour.ch'] } }, {}, 'harbour.ch'],
    ['an include that does not exist', { 'harbour.ch': { txt: ['v=spf1 include:spf.harbour.ch'] } }, {}, 'harbour.ch'],
    ['an include without SPF', { '_spf.harbour.ch': { txt: ['hello'] } }, {}, 'harbour.ch'],
    [
      'eleven look-ups',
      { 'harbour.ch': { txt: [`v=spf1 ${lookups(1, 11)} -all`] }, ...empty(1, 11) },
      {},
      'harbour.ch',
    ],
  ])('sabotage of every-record-was-read: %s', async (_, zone, intent, name) => {
    const { bad, population } = await look(zone, intent);
    expect(bad).toEqual([`every-record-was-read ${name} failed`]);
    expect(population.complete).toBe(false);
  });

  test.each([
    ['ten look-ups', { 'harbour.ch': { txt: [`v=spf1 ${lookups(1, 10)} -all`] }, ...empty(1, 10) }],
    [
      'the same include in two places',
      {
        'harbour.ch': { txt: ['v=spf1 include:a.harbour.ch include:b.harbour.ch'] },
        'a.harbour.ch': { txt: ['v=spf1 include:s1.harbour.ch'] },
        'b.harbour.ch': { txt: ['v=spf1 include:s1.harbour.ch'] },
        ...empty(1, 1),
      },
    ],
    ['an alias of a vendor’s host that does not exist', { 'www.harbour.ch': { cname: 'gone.vercel.app' } }],
    [
      // As a vendor of hosted SPF has it: there is no record at the end of the name alone.
      'an include of a vendor that is another name for each mail',
      { 'harbour.ch': { txt: ['v=spf1 include:%{ir}.%{v}.%{d}.spf.has.stripe.com ~all'] } },
    ],
    [
      'an include by the name of the domain',
      { 'harbour.ch': { txt: ['v=spf1 include:_spf.%{d} -all'] }, '_spf.harbour.ch': { txt: ['v=spf1 -all'] } },
    ],
    [
      'what is never looked at: terms behind `all`, and a redirect beside it',
      { 'harbour.ch': { txt: ['v=spf1 redirect=gone.harbour.ch -all include:sendgrid.net'] } },
    ],
    ['a host without an alias', { 'www.harbour.ch': {} }],
    ['no mail at all (RFC 7505)', { 'harbour.ch': { mx: ['.'], txt: ['v=spf1 -all'] } }],
    [
      'capitals and a last dot',
      { 'harbour.ch': { mx: ['ASPMX.L.GOOGLE.COM.'], txt: ['v=SPF1 Include:_SPF.Google.com. -all'] } },
    ],
  ])('near miss of every-record-was-read: %s', async (_, zone) => {
    expect((await look(zone)).bad).toEqual([]);
  });

  test.each([
    ['silent', 'A question about it was not answered in time.'],
    ['servfail', 'The DNS server failed on a question about it (SERVFAIL).'],
    ['refused', 'The DNS server refused a question about it.'],
    ['garbage', 'An answer about it could not be understood.'],
    // An answer to another question is none to this one.
    ['lame', 'A question about it was not answered in time.'],
  ] as const)('a server that is %s never means that there is nothing', async (behaviour, reason) => {
    const { findings, population } = await look({ 'www.harbour.ch': { behaviour } });
    const [finding] = findings.filter(({ subject }) => subject === 'www.harbour.ch');
    expect(finding).toMatchObject({ outcome: 'error', reason });
    expect(population.complete).toBe(false);
  });

  test('an include of our own that is another name for each mail is unknown', async () => {
    const { bad, population } = await look({
      'harbour.ch': { txt: ['v=spf1 include:%{l}._spf.harbour.ch -all'] },
    });
    expect(bad).toEqual(['every-record-was-read harbour.ch error']);
    expect(population.complete).toBe(false);
  });

  test('an SPF include that times out is an error, and what was named is still seen', async () => {
    const { bad, facts } = await look({ '_spf.google.com': { behaviour: 'silent' } });
    expect(bad).toEqual(['every-record-was-read harbour.ch error']);
    expect(facts.vendors).toContain('google-workspace: mx aspmx.l.google.com, spf _spf.google.com');
  });
});

describe('large and hostile answers', () => {
  test('what does not fit UDP is asked for over TCP, whole', async () => {
    const texts = Array.from({ length: 300 }, (_, index) => `note-${index}=${'x'.repeat(180)}`);
    const { redactions, asked, bad } = await look({ 'harbour.ch': { txt: [...texts, 'stripe-verification=x'] } });
    expect(asked).toContain('tcp TXT harbour.ch');
    expect(redactions).toEqual([expect.objectContaining({ what: 'TXT records', count: 300 })]);
    expect(bad).toEqual([]);
  });

  test('a text in many parts is one text', async () => {
    const { bad } = await look({
      'harbour.ch': { txt: [['v=spf1 include:send', 'grid.net -all']] },
      'sendgrid.net': { txt: ['v=spf1 -all'] },
    });
    expect(bad).toEqual(['every-observed-vendor-is-declared Twilio SendGrid failed']);
  });

  test('a text of 56,000 bytes without sense is read, and its words are not published', async () => {
    const { bad, published } = await look({ 'harbour.ch': { txt: [`v=spf1 ${'include:'.repeat(7000)}`] } });
    expect(bad).toEqual([
      'every-third-party-host-is-known Hosts that are not published failed',
      'every-record-was-read harbour.ch failed',
    ]);
    expect(published).not.toContain('include:');
  });

  test('what is no host name is counted, never named', async () => {
    const { bad } = await look({ 'www.harbour.ch': { cname: '<b>x</b>.evil.dev' } });
    expect(bad).toEqual(['every-third-party-host-is-known Hosts that are not published failed']);
  });

  test('an SPF tree that never ends costs ten look-ups', async () => {
    const zone = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `t${index}.harbour.ch`,
        { txt: [`v=spf1 include:t${index + 1}.harbour.ch include:t${index + 2}.harbour.ch`] },
      ]),
    );
    const { bad, asked } = await look({ 'harbour.ch': { txt: ['v=spf1 include:t0.harbour.ch'] }, ...zone });
    expect(bad).toEqual(['every-record-was-read harbour.ch failed']);
    expect(asked.filter((question) => question.includes('TXT t')).length).toBeLessThanOrEqual(10);
  });
});

test('canary: texts of records that are not in the map never leave', async () => {
  const { published } = await look({
    'harbour.ch': { txt: ['canary=canary', 'stripe-verification=canary', 'v=spf1 exists:canary.%{i}.harbour.ch'] },
  });
  expect(published).not.toContain('canary');
});
