import { concat, keccak256, TypedDataEncoder, type TypedDataDomain } from 'ethers';

type Types = Record<string, { name: string; type: string }[]>;

/** Kinds of message a process signs; far fewer are known. */
const MAX_KINDS = 200;

const encoders = new Map<string, TypedDataEncoder>();
const domainHashes = new Map<string, string>();

/**
 * The hash an EIP-712 signature is made over. What depends only on the kind of message and on the domain is derived
 * once: a wallet derives both for every signature, which takes as long as half of the signing itself.
 */
export function hashTypedData(
  domain: TypedDataDomain,
  types: Types,
  message: Record<string, unknown>,
): string {
  const encoder = kept(encoders, JSON.stringify(types), () => TypedDataEncoder.from(types));
  const domainHash = kept(domainHashes, JSON.stringify(domain, withoutBigInts), () =>
    TypedDataEncoder.hashDomain(domain),
  );
  return keccak256(concat(['0x1901', domainHash, encoder.hash(message)]));
}

const withoutBigInts = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

function kept<Value>(store: Map<string, Value>, key: string, make: () => Value): Value {
  const known = store.get(key);
  if (known !== undefined) return known;
  if (store.size >= MAX_KINDS) store.clear();
  const made = make();
  store.set(key, made);
  return made;
}
