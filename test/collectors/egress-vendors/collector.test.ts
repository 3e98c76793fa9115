import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { logFailure } from '../../../collectors/egress-vendors/log.ts';
import { hostIn, timeOf } from '../../../collectors/egress-vendors/tally.ts';
import { hosts, list, log, look } from './look.ts';

describe('how a look ends', () => {
  test('passed: every vendor is declared', async () => {
    const { findings, facts, population } = await look(
      await log(hosts('api.stripe.com', 'files.stripe.com:443', 'db.internal')),
    );
    expect(findings).toMatchInlineSnapshot(`
      [
        {
          "check": "every-observed-vendor-is-declared",
          "outcome": "passed",
          "reason": "It is seen in the egress log, by the host stripe.com, and is declared.",
          "subject": "Stripe",
        },
        {
          "check": "every-third-party-host-is-known",
          "outcome": "passed",
          "reason": "Of the hosts in the log, 1 are the company’s own and 2 are those of known vendors.",
          "subject": "Hosts that are known",
        },
        {
          "check": "every-line-was-read",
          "outcome": "passed",
          "reason": "All 3 lines were read.",
          "subject": "The log",
        },
        {
          "check": "log-is-recent",
          "outcome": "passed",
          "reason": "Its newest line is of 2026-11-03T08:00:00.000Z.",
          "subject": "The log",
        },
      ]
    `);
    expect(facts).toMatchInlineSnapshot(`
      {
        "furtherVendors": [],
        "linesRead": 3,
        "newestLineAt": "2026-11-03T08:00:00.000Z",
        "oldestLineAt": "2026-11-03T08:00:00.000Z",
        "traffic": [
          "stripe: 2 requests, 200 bytes",
        ],
        "vendorCount": 1,
        "vendors": [
          "stripe: host stripe.com",
        ],
      }
    `);
    expect(population).toMatchObject({ count: 3, complete: true });
  });

  test('failed: a vendor that nobody declared', async () => {
    expect((await look(await log(hosts('api.stripe.com', 'api.openai.com')))).bad).toEqual([
      'every-observed-vendor-is-declared OpenAI failed',
    ]);
  });

  test('denied: the log may not be read', () => {
    const error = Object.assign(new Error('EACCES: canary'), { code: 'EACCES' });
    expect(logFailure(error)).toMatchObject({ kind: 'denied', message: 'The log may not be read.' });
  });

  test('transient error: the disk does not answer, or the run is stopped', async () => {
    expect(logFailure(Object.assign(new Error('canary'), { code: 'EIO' }))).toMatchObject({ kind: 'transient' });
    const file = await log(hosts('api.stripe.com'));
    await expect(look(file, {}, list, AbortSignal.abort())).rejects.toMatchObject({ kind: 'transient' });
  });

  test.each([
    ['no lines', ''],
    ['only a head', 'time,host,bytes\n'],
  ])('empty: a log with %s has nothing to judge', async (_, text) => {
    const { findings, population } = await look(await log(text));
    expect(findings).toEqual([]);
    expect(population).toMatchObject({ count: 0, complete: true });
  });

  test('partial: a line that cannot be read makes the whole look incomplete', async () => {
    const { bad, population } = await look(await log(`${hosts('api.stripe.com')}yesterday,api.openai.com,100\n`));
    expect(bad).toEqual(['every-line-was-read The log failed']);
    expect(population).toMatchObject({ count: 2, complete: false });
  });

  test.each([
    ['is not there', 'nowhere.csv', {}, 'configuration', 'There is no log of that name.'],
    [
      'lacks a column',
      undefined,
      { mapping: { host: 'destination', time: 'time' } },
      'schema',
      'The log has no column that the mapping names as its `host`.',
    ],
    [
      'has other fields',
      undefined,
      { format: 'json-lines' },
      'schema',
      'No line of the log has a host and a time where the mapping says.',
    ],
  ])('a log that %s', async (_, name, intent, kind, message) => {
    const file = await log(hosts('api.stripe.com'));
    await expect(look(name ?? file, intent)).rejects.toMatchObject({ kind, message });
  });
});

describe('logs in the wild', () => {
  const vendors = async (text: string | Uint8Array, intent: object, name?: string) =>
    (await look(await log(text, name), intent)).facts.traffic;

  test('AWS VPC flow logs: columns with a head, addresses, lines without data', async () => {
    const text = [
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
      '2 123456789010 eni-1 10.0.0.5 10.0.0.9 443 49152 6 20 4249 1793692800 1793692860 ACCEPT OK',
      '2 123456789010 eni-1 10.0.0.5 198.51.100.7 443 49152 6 20 4249 1793692800 1793692860 ACCEPT OK',
      '2 123456789010 eni-1 - - - - - - - 1793692800 1793692860 - NODATA',
      '',
    ].join('\n');
    const intent = { format: 'columns', mapping: { host: 'dstaddr', time: 'end', bytes: 'bytes' } };
    const { bad, raw } = await look(await log(text), intent);
    // An address in public has no name in the log, so nobody can say whose it is.
    expect(bad).toEqual(['every-third-party-host-is-known Hosts that are not published failed']);
    expect(raw).toMatchObject({ lines: 3, withoutHost: 1, unreadable: 0, hosts: { own: 1, unknownCount: 1 } });
  });

  test('Squid: columns of any width without a head', async () => {
    const text = [
      '1793692800.253   3100 192.168.0.1 TCP_TUNNEL/200 3500 CONNECT api.stripe.com:443 - HIER_DIRECT/192.0.2.1 -',
      '1793692801.001      5 192.168.0.1 TCP_MISS/200 99 GET https://user:pw@files.stripe.com/v1?x=/ - HIER_DIRECT/192.0.2.1 text/html',
      '1793692802.001      0 192.168.0.1 NONE/400 10 NONE error:invalid-request - HIER_NONE/- text/html',
    ].join('\r\n');
    const columns = ['time', 'elapsed', 'client', 'status', 'bytes', 'method', 'url', 'user', 'peer', 'type'];
    const mapping = { host: 'url', time: 'time', bytes: 'bytes' };
    expect(await vendors(text, { format: 'columns', columns, mapping })).toEqual(['stripe: 2 requests, 3599 bytes']);
  });

  test('a time without a zone is UTC, and a sum is never more than an exact number', async () => {
    expect(timeOf('2026-11-03T08:00:00')).toBe(Date.parse('2026-11-03T08:00:00Z'));
    expect(timeOf('2026-11-03T08:00:00.5+02:00')).toBe(Date.parse('2026-11-03T06:00:00.5Z'));
    const line = (bytes: string) => `2026-11-03T08:00:00,api.stripe.com,${bytes}\n`;
    const text = `time,host,bytes\n${line('9'.repeat(15)).repeat(20)}`;
    expect(await vendors(text, {})).toEqual([`stripe: 20 requests, ${Number.MAX_SAFE_INTEGER} bytes`]);
  });

  test('Envoy: JSON lines, deep and flat, with milliseconds or ISO 8601', async () => {
    const text = [
      { request: { authority: 'api.stripe.com' }, start: '2026-11-03T08:00:00.123Z', sent: 5, n: 3 },
      { request: { authority: 'api.stripe.com:443' }, start: 1793692800123, sent: '7', n: 1 },
    ];
    const mapping = { host: 'request.authority', time: 'start', bytes: 'sent', requests: 'n' };
    const lines = text.map((line) => JSON.stringify(line)).join('\n');
    expect(await vendors(lines, { format: 'json-lines', mapping })).toEqual(['stripe: 4 requests, 12 bytes']);
  });

  test('CSV with quotes, another delimiter, a byte order mark, and packed', async () => {
    const text = '\uFEFFhost;time;bytes\n"api.stripe.com";"2026-11-03T08:00:00+01:00";"100"\n';
    expect(await vendors(text, { delimiter: ';' })).toEqual(['stripe: 1 request, 100 bytes']);
    expect(await vendors(gzipSync(text), { delimiter: ';' }, 'egress.csv.gz')).toEqual([
      'stripe: 1 request, 100 bytes',
    ]);
  });

  test('packed badly', async () => {
    const cut = gzipSync(hosts('api.stripe.com')).subarray(0, 40);
    const message = 'The log is named as gzip, but cannot be unpacked to its end.';
    for (const bytes of [cut, Buffer.from('time,host')])
      await expect(look(await log(bytes, 'egress.csv.gz'))).rejects.toMatchObject({ kind: 'schema', message });
  });

  test.each([
    ['api.stripe.com', 'api.stripe.com'],
    ['api.stripe.com:443', 'api.stripe.com:443'],
    ['https://api.stripe.com/v1?a=https://evil.dev', 'api.stripe.com'],
    ['https://api.stripe.com@evil.dev/', 'evil.dev'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['-', undefined],
  ])('the host in %s', (value, host) => {
    expect(hostIn(value)).toBe(host);
  });

  test.each([
    ['2026-11-03T08:00:00Z', 1793692800000],
    ['1793692800', 1793692800000],
    ['1793692800.5', 1793692800500],
    ['1793692800500', 1793692800500],
    ['yesterday', undefined],
    ['03/Nov/2026:08:00:00 +0000', undefined],
    ['-1', undefined],
    ['2026-13-45T99:99:99Z', undefined],
  ])('the time %s', (value, at) => {
    expect(timeOf(value)).toBe(at);
  });
});

describe('each check', () => {
  const bad = async (text: string, intent = {}) => (await look(await log(text), intent)).bad;

  test('sabotage of every-observed-vendor-is-declared: one line among many', async () => {
    const many = Array.from({ length: 5000 }, () => 'api.stripe.com');
    expect(await bad(hosts(...many, 'eu.i.posthog.com'))).toEqual(['every-observed-vendor-is-declared PostHog failed']);
  });

  test('near miss of every-observed-vendor-is-declared: registries, clocks, certificates, own names, a reason', async () => {
    const text = hosts('registry.npmjs.org', '0.pool.ntp.org', 'r11.o.lencr.org', 'api.harbour.ch', 'api.github.com');
    expect(await bad(text, { notSubprocessors: { github: 'Keeps our code only.' } })).toEqual([]);
  });

  test.each([['evil-stripe.com'], ['stripe.com.evil.io'], ['198.51.100.7'], ['[2001:db8::7]:443']])(
    'sabotage of every-third-party-host-is-known: %s',
    async (host) => {
      expect(await bad(hosts(host))).toEqual(['every-third-party-host-is-known Hosts that are not published failed']);
    },
  );

  test('near miss of every-third-party-host-is-known: addresses and names inside, own hosts, a reason', async () => {
    const text = hosts('10.1.2.3', '[fd00::1]:80', 'redis', 'db.internal', 'x.harbour-static.net', 'hooks.partner.dev');
    const intent = { ownHosts: ['harbour-static.net'], notVendors: { 'partner.dev': 'A customer’s own system.' } };
    expect(await bad(text, intent)).toEqual([]);
  });

  test.each([
    ['no time', '2026,api.stripe.com,1\n'],
    ['no host', '2026-11-03T08:00:00Z,,1\n'],
    ['bytes that are no number', '2026-11-03T08:00:00Z,api.stripe.com,many\n'],
    ['too few columns', '2026-11-03T08:00:00Z\n'],
    ['a quote that never ends', '2026-11-03T08:00:00Z,"api.stripe.com,1\n'],
  ])('sabotage of every-line-was-read: %s', async (_, line) => {
    expect(await bad(hosts('api.stripe.com') + line)).toEqual(['every-line-was-read The log failed']);
  });

  test('near miss of every-line-was-read: no host by the log’s own sign, empty lines, no last line end, more columns', async () => {
    const text = `${hosts('api.stripe.com')}\n2026-11-03T08:00:00Z,-,\n2026-11-03T08:00:00Z,api.stripe.com,1,more`;
    expect(await bad(text)).toEqual([]);
  });

  test('sabotage of log-is-recent: it is old, or lies ahead', async () => {
    expect(await bad('time,host,bytes\n2026-10-31T08:00:00Z,api.stripe.com,1\n')).toEqual([
      'log-is-recent The log failed',
    ]);
    expect(await bad('time,host,bytes\n2026-11-04T08:00:00Z,api.stripe.com,1\n')).toEqual([
      'log-is-recent The log failed',
    ]);
  });

  test('near miss of log-is-recent: old lines before new ones, a clock that is minutes fast', async () => {
    const text = 'time,host,bytes\n2025-01-01T00:00:00Z,api.stripe.com,1\n2026-11-03T09:20:00Z,api.stripe.com,1\n';
    expect(await bad(text)).toEqual([]);
  });
});

describe('hostile logs', () => {
  test('a line of 20 MB is one unreadable line, and what comes after it is read', async () => {
    const line = (host: string) => JSON.stringify({ host, time: 1793692800 });
    const text = `${line('api.stripe.com')}\n${'x'.repeat(20_000_000)}\n${line('api.openai.com')}\n`;
    const { raw, facts } = await look(await log(text), {
      format: 'json-lines',
      mapping: { host: 'host', time: 'time' },
    });
    expect(raw).toMatchObject({ lines: 3, unreadable: 1 });
    expect(facts.traffic).toEqual(['openai: 1 request', 'stripe: 1 request']);
  });

  test('binary data is no line', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256));
    await expect(look(await log(bytes), { format: 'json-lines' })).rejects.toMatchObject({ kind: 'schema' });
    await expect(look(await log(bytes))).rejects.toMatchObject({ kind: 'schema' });
  });

  test('names that are traps of JavaScript are fields like others', async () => {
    const text =
      '{"__proto__":{"host":"api.openai.com"},"time":1793692800}\n{"host":"api.stripe.com","time":1793692800}';
    const { bad } = await look(await log(text), { format: 'json-lines', mapping: { host: 'host', time: 'time' } });
    expect(bad).toEqual(['every-line-was-read The log failed']);
  });

  test('more different hosts than are remembered still give every vendor away', async () => {
    const file = await log('');
    const strange = Array.from({ length: 210_000 }, (_, index) => `2026-11-03T08:00:00Z,h${index}.unheard-of.dev,1`);
    await writeFile(file, ['time,host,bytes', ...strange, '2026-11-03T08:00:00Z,api.openai.com,1'].join('\n'));
    const { bad, raw } = await look(file);
    expect(bad).toEqual([
      'every-observed-vendor-is-declared OpenAI failed',
      'every-third-party-host-is-known Hosts that are not published failed',
    ]);
    expect(raw.hosts.unknownCount).toBe(200_000);
  });
});

test('canary: no host that is not in the map, nor what stands before a vendor’s, ever leaves', async () => {
  const { published } = await look(
    await log(
      hosts(
        'canary.customer.dev',
        'canary-bucket.s3.amazonaws.com',
        'https://canary:canary@api.stripe.com/canary',
        'canary.internal',
      ),
    ),
  );
  expect(published).not.toContain('canary');
  expect(published).toContain('amazonaws.com');
});
