import type { Symbol } from '#domain/ids.ts';
import { HOMONYMS } from '#domain/symbol-names.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import type { Database } from '#prisma/client.ts';
import { isListed, listSymbols } from '#prisma/repositories/instruments.ts';
import { ProblemError } from '../problem.ts';

/**
 * The canonical symbol for what a person wrote. One that no venue lists is answered all the same: what becomes of it
 * is the business of routing, which writes down why. Throws `symbol_ambiguous`, or `symbol_unreadable`.
 */
export async function readSymbol(db: Database, written: string): Promise<Symbol> {
  const alone = normaliseSymbol(written);
  // A canonical symbol needs no list of instruments.
  const isPlain = alone.ok && alone.value === written && !Object.hasOwn(HOMONYMS, written);
  if (isPlain && (await isListed(db, written))) return written;
  const listed = await listSymbols(db);
  const symbol = listed.size === 0 ? alone : normaliseSymbol(written, listed);
  if (symbol.ok) return symbol.value;
  if (symbol.refusal.code === 'ambiguous_symbol')
    throw new ProblemError('symbol_ambiguous', symbol.refusal.text);
  if (alone.ok) return alone.value;
  throw new ProblemError('symbol_unreadable', alone.refusal.text);
}
