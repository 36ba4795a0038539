import type { WireLevel } from '../answer.ts';

/** A number with thousands, decimals and a k, and a percent sign behind it. */
export const NUMBER = String.raw`\$?\d[\d,]*(?:\.\d+)?\s?k?(?![\w.]*\d)\s?%?`;

/** Returns the level that a piece of text writes; null for one that is no number. */
export function toLevel(quote: string): WireLevel | null {
  const [, digits = '', thousands, percent] = /^\$?([\d,]+(?:\.\d+)?)\s?(k)?\s?(%)?$/iu.exec(quote) ?? [];
  const plain = digits.replaceAll(',', '');
  if (plain === '' || Number(plain) === 0) return null;
  const value = thousands === undefined ? plain : timesThousand(plain);
  return { value, unit: percent === undefined ? 'price' : 'percent', quote };
}

/** Moves the point by three places, so that no digit is lost to floating point. */
function timesThousand(plain: string): string {
  const [whole = '', decimals = ''] = plain.split('.');
  const moved = `${whole}${decimals.slice(0, 3).padEnd(3, '0')}`;
  return decimals.length > 3 ? `${moved}.${decimals.slice(3)}` : moved;
}
