import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses that lead to no public host: IANA's special-purpose registries, multicast, and ways to wrap IPv4 in IPv6. */
const SPECIAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
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
  SPECIAL.addSubnet(network, prefix, 'ipv4');
/** Public IPv6 is 2000::/3; what is special in it is taken out again. */
const GLOBAL_V6 = new BlockList();
GLOBAL_V6.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  SPECIAL.addSubnet(network, prefix, 'ipv6');

/** Returns whether an IP address is one of a public host; false for text that is no address. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !SPECIAL.check(address, 'ipv4');
  return version === 6 && GLOBAL_V6.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6');
}

/** A name leads to an address that may not be connected to. */
export class PrivateAddressError extends Error {
  override name = 'PrivateAddressError';
  readonly code = 'private_address';

  constructor(host: string) {
    super(`${host} is in a private network, and only public hosts are connected to`);
  }
}

/** Tells of an IP address whether it may be connected to. */
export type IsOpen = (address: string) => boolean;

/**
 * Returns a look-up for connections that gives open addresses only: what was checked is what is connected to, so a name
 * that changes its address between check and connection gains nothing.
 */
export const openLookup =
  (isOpen: IsOpen): LookupFunction =>
  (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const open = addresses.filter(({ address }) => isOpen(address));
      const [first] = open;
      if (!first) return callback(new PrivateAddressError(hostname), []);
      if (options.all) callback(null, open);
      else callback(null, first.address, first.family);
    });
  };
