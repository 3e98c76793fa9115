import { BlockList, isIP } from 'node:net';

/** Networks that nobody outside can be reached in: RFC 1918, 3927, 4193, 4291, 5735, 6598. */
const ours = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  ours.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  ours.addSubnet(network, bits, 'ipv6');

/** Whether an IP address is inside the company’s own network. False for what is no address. */
export function isPrivateAddress(value: string): boolean {
  const family = isIP(value);
  return family !== 0 && ours.check(value, family === 4 ? 'ipv4' : 'ipv6');
}
