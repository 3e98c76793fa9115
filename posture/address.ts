import { BlockList, isIP } from 'node:net';

/**
 * What the public internet does not reach, or what is somebody's own: IANA's registries of special-purpose addresses (RFC
 * 6890), and the address at which Azure answers its own machines. Metadata services lie in the link-local, the
 * shared and the unique local networks.
 */
const special = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  special.addSubnet(network, bits, 'ipv6');

/** The only part of IPv6 that is global unicast (RFC 4291, 2.4): mapped, translated and local addresses lie outside. */
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

/** Whether an address is one of the public internet. False for what is no address. */
export function isPublicAddress(value: string): boolean {
  const family = isIP(value);
  if (family === 4) return !special.check(value, 'ipv4');
  return family === 6 && !value.includes('%') && global.check(value, 'ipv6') && !special.check(value, 'ipv6');
}
