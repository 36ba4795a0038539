import { UnreadableRequest } from './refusals.ts';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a JSON object. Throws UnreadableRequest for anything else. */
export function asRecord(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new UnreadableRequest();
  return value;
}

/** Reads a safe integer. Throws UnreadableRequest for anything else. */
export function asInteger(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new UnreadableRequest();
  return value;
}

/** Reads a lower-cased address. Throws UnreadableRequest for anything else. */
export function asAddress(value: unknown): string {
  if (!isAddress(value)) throw new UnreadableRequest();
  return value.toLowerCase();
}

export function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value);
}

/** Reads a client id in lower case, null if absent. Throws UnreadableRequest unless it is 0x and 32 hex digits. */
export function asCloid(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{32}$/.test(value)) throw new UnreadableRequest();
  return value.toLowerCase();
}
