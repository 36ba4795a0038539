const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** Returns the parts of a fault's text that stand between colons; quoted text stays whole. Throws RangeError. */
export function partsOf(spec: string): string[] {
  if ((spec.match(/"/g)?.length ?? 0) % 2 === 1) throw new RangeError('a double quote is not closed');
  return spec.match(/(?:"[^"]*"|[^":])+/g) ?? [];
}

/** Returns the name and, behind an equals sign, the value of a part. */
export function pairOf(part: string): [name: string, value: string | undefined] {
  const at = part.indexOf('=');
  if (at < 0) return [part, undefined];
  return [part.slice(0, at), part.slice(at + 1).replace(/^"(.*)"$/, '$1')];
}

/** Returns the text if it is one of the words. Throws RangeError. */
export function oneOf(what: string, words: readonly string[], text: string): string {
  if (!words.includes(text))
    throw new RangeError(`${what} must be one of ${words.join(', ')}, not ${text || 'nothing'}`);
  return text;
}

/** Returns a whole number within the bounds. Throws RangeError. */
export function wholeIn(value: string | undefined, least: number, most: number): number {
  const number = numberIn(value, least, most);
  if (!Number.isInteger(number)) throw new RangeError(`needs a whole number, not ${value}`);
  return number;
}

/** Returns a number within the bounds. Throws RangeError. */
export function numberIn(value: string | undefined, least: number, most: number): number {
  const number = /^\d+(\.\d+)?$/.test(value ?? '') ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new RangeError(`needs a number from ${least} to ${most}, not ${value ?? 'nothing'}`);
  return number;
}

/** Returns the milliseconds of a time such as 60s. Throws RangeError. */
export function durationIn(value: string | undefined): number {
  const [, amount, unit = ''] = /^(\d+)(ms|s|m)$/.exec(value ?? '') ?? [];
  if (amount === undefined) throw new RangeError(`for= needs a time such as 60s, not ${value ?? 'nothing'}`);
  return Number(amount) * UNIT_MS[unit]!;
}
