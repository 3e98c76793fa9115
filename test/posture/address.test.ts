import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPublicAddress } from '../../posture/address.ts';

test.each([
  ['this machine', ['127.0.0.1', '127.255.255.254', '0.0.0.0', '0.1.2.3', '::1', '::']],
  ['private networks', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::1', 'fec0::1']],
  ['the link', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', '2606:4700::1111%eth0']],
  ['networks of carriers', ['100.64.0.1', '100.127.255.255']],
  ['metadata services', ['169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192']],
  ['many at once', ['224.0.0.1', '239.255.255.250', '255.255.255.255', '240.0.0.1', 'ff02::1']],
  [
    'an IPv4 address in another dress',
    ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', '2002:7f00:1::'],
  ],
  [
    'examples, tests and tunnels',
    ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '2001::1', '3fff::1', '100::1'],
  ],
  ['no address', ['', 'localhost', '127.1', '1.2.3', '2130706433', '0x7f000001', '017700000001', '[::1]', '8.8.8.8 ']],
])('%s is not the public internet', (_, addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});

test('the public internet is, up to the last address beside a network that is not', () => {
  const addresses = [
    ...['8.8.8.8', '1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
    ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '223.255.255.255'],
    ...['2606:4700::1111', '2a00:1450:4001::200e', '2001:4860:4860::8888', '3ffe::1'],
  ];
  expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([]);
});

test('no IPv4 address is public when it is written as a mapped one', () => {
  fc.assert(fc.property(fc.ipV4(), (address) => !isPublicAddress(`::ffff:${address}`)));
});
