import { expect, test } from 'vitest';
import { makeLimits, networkOf, visitorOf } from '../../../intake/web/limits.ts';

test('thirty forms from a network in ten minutes, and again after them, wherever the clock jumps', () => {
  let now = 0;
  const { form } = makeLimits(() => now);
  const send = (count: number, address = '203.0.113.5') => {
    for (let sent = 0; sent < count; sent += 1) form(address);
  };
  send(30);
  expect(() => send(1)).toThrow('Too many at once');
  expect(() => send(1, '203.0.113.6')).not.toThrow();
  now = 599_999;
  expect(() => send(1)).toThrow('Too many at once');
  now = 600_000;
  send(30);
  expect(() => send(1)).toThrow('Too many at once');
  now = -10_000_000;
  send(30);
});

test('five letters to a mailbox in an hour, however it is written', () => {
  const { letter } = makeLimits(() => 0);
  for (const mailbox of [
    'ada@quill.swiss',
    'Ada@quill.swiss ',
    'ADA@QUILL.SWISS',
    'ada@quill.swiss',
    'ada+1@quill.swiss',
  ])
    letter(mailbox);
  expect(() => letter('ada@quill.swiss')).toThrow('Too many at once');
  expect(() => letter('Ada+2@quill.swiss')).toThrow('Too many at once');
  expect(() => letter('bo@quill.swiss')).not.toThrow();
});

test('five reports without proof of work from a network in an hour, 120 from everywhere', () => {
  let now = 0;
  const { reportWithoutWork, letter } = makeLimits(() => now);
  for (let sent = 0; sent < 5; sent += 1) reportWithoutWork('203.0.113.5');
  expect(() => reportWithoutWork('203.0.113.5')).toThrow('Too many reports came this way');
  for (let other = 0; other < 115; other += 1) reportWithoutWork(`198.51.100.${other}`);
  expect(() => reportWithoutWork('198.51.100.200')).toThrow('Too many reports came this way');
  letter('ada@quill.swiss');
  now = 3_600_000;
  reportWithoutWork('203.0.113.5');
});

test('large forms have room together, a network half of it, and each kind its own', () => {
  const { large } = makeLimits(() => 0);
  const [mib, first] = [2 ** 20, '203.0.113.5'];
  const one = large('without-work', first);
  one.grow(20 * mib);
  const two = large('without-work', first);
  two.grow(4 * mib);
  expect(() => two.grow(1)).toThrow('Many are sending');
  large('without-work', '198.51.100.1').grow(24 * mib);
  expect(() => large('without-work', '198.51.100.2').grow(1)).toThrow('Many are sending');
  large('with-work', '198.51.100.2').grow(48 * mib);
  one.leave();
  one.leave();
  two.grow(1);
  large('without-work', '198.51.100.2').grow(20 * mib - 1);
  expect(() => large('without-work', '198.51.100.3').grow(1)).toThrow('Many are sending');
});

test('who has sent for long gives way to whoever finds no room, the oldest first; not what came whole', () => {
  let now = 0;
  const { large } = makeLimits(() => now);
  const mib = 2 ** 20;
  const held = (network: string, bytes: number) => {
    const one = large('with-work', network);
    one.grow(bytes * mib);
    return one;
  };
  const whole = held('203.0.113.5', 16);
  whole.settle();
  const slow = [held('203.0.113.5', 32), held('203.0.113.6', 16), held('203.0.113.6', 32)];
  now = 19_999;
  expect(() => held('203.0.113.7', 1)).toThrow('Many are sending');
  now = 20_000;
  const next = held('203.0.113.7', 30);
  expect([whole, ...slow, next].map(({ gone }) => gone.aborted)).toEqual([false, true, false, false, false]);
  expect(() => slow[0]?.grow(1)).toThrow('Many are sending');
  // Its own is not taken from others of its age, and its place is free once.
  slow[0]?.leave();
  held('203.0.113.8', 2);
  expect(() => slow[1]?.grow(mib)).toThrow('Many are sending');
  expect([...slow, next].map(({ gone }) => gone.aborted)).toEqual([true, false, false, false]);
});

test('a hundred thousand mailboxes are told apart', () => {
  const { letter } = makeLimits(() => 0);
  for (let number = 0; number < 100_000; number += 1) letter(`${number}@quill.swiss`);
});

test.each([
  ['203.0.113.5', '203.0.113.5'],
  ['::ffff:203.0.113.5', '203.0.113.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['evil', 'unknown'],
  ['', 'unknown'],
])('the network of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('what a visitor writes into X-Forwarded-For counts only as far as our own proxies wrote it', () => {
  expect(visitorOf('10.0.0.1', '198.51.100.1', 0)).toBe('10.0.0.1');
  expect(visitorOf('10.0.0.1', '198.51.100.1, 203.0.113.5', 1)).toBe('203.0.113.5');
  expect(visitorOf('10.0.0.1', '198.51.100.1, 203.0.113.5, 10.0.0.2', 2)).toBe('203.0.113.5');
  for (const [written, meant] of [
    ['203.0.113.5:52011', '203.0.113.5'],
    ['[2001:db8::5]:52011', '2001:db8::5'],
    ['[2001:db8::5]', '2001:db8::5'],
    ['2001:db8::5', '2001:db8::5'],
    ['::ffff:203.0.113.5', '::ffff:203.0.113.5'],
  ] as const)
    expect(visitorOf('10.0.0.1', `198.51.100.1, ${written}`, 1)).toBe(meant);
  expect(visitorOf('10.0.0.1', undefined, 1)).toBe('10.0.0.1');
  expect(visitorOf(undefined, undefined, 0)).toBe('unknown');
});
