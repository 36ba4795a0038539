import { readFileSync, statSync } from 'node:fs';
import { createTradingSigner } from '#venues/keys/trading-signer.ts';
import type { TradingSigner } from '#venues/venue.ts';
import { CliError } from '../cli-error.ts';

const PRIVATE_KEY = /^(0x)?[0-9a-f]{64}$/i;

/**
 * Reads a wallet's private key, 64 hex digits, from a file that no other user may read. The key itself is nowhere in
 * what is thrown.
 *
 * @throws {CliError} for a file that cannot be read, is open to others, or holds something else.
 */
export function readKeyFile(path: string): TradingSigner {
  const text = readPrivately(path).trim();
  if (!PRIVATE_KEY.test(text)) throw new CliError(`${path} does not hold a private key: 64 hex digits`);
  try {
    return createTradingSigner(text.startsWith('0x') ? text : `0x${text}`);
  } catch {
    throw new CliError(`${path} holds 64 hex digits that are no private key`);
  }
}

function readPrivately(path: string): string {
  try {
    const openTo = statSync(path).mode & 0o077;
    if (openTo !== 0) throw new CliError(`${path} can be read by other users: chmod 600 ${path}`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      `the key file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
