/** Options as commander returns them: switches are booleans, options that may be repeated are lists. */
export type Options = Readonly<Record<string, string | boolean | string[] | undefined>>;

/** Exit status for a wrong command line. */
export const BAD_INPUT = 2;

/** Adds a value of an option that may be repeated to the ones before. */
export function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

/** Returns the values of an option that may be repeated. */
export function readList(options: Options, key: string): readonly string[] {
  const texts = options[key];
  return Array.isArray(texts) ? texts : [];
}

/** Reads a number option. Throws RangeError naming the option where it is none, or outside of the bounds. */
export function readNumber(options: Options, key: string, least: number, most = Number.MAX_VALUE): number {
  const value = Number(options[key]);
  if (!(value >= least && value <= most))
    throw new RangeError(`--${flagOf(key)}: not a valid number: ${String(options[key])}`);
  return value;
}

function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Reads `--fund 0xADDRESS=USDC`, as often as given. Throws RangeError for anything else. */
export function readFunds(options: Options): [address: string, usdc: string][] {
  return readList(options, 'fund').map((text) => {
    const [, address, usdc] = /^(0x[0-9a-fA-F]{40})=(\d+(?:\.\d{1,6})?)$/.exec(text) ?? [];
    if (address === undefined || usdc === undefined)
      throw new RangeError(`--fund: must be 0xADDRESS=USDC, not ${text}`);
    return [address, usdc];
  });
}

/** Reads one `--fault`. Throws RangeError naming it where `parse` cannot read it. */
export function readFault<Fault>(spec: string, parse: (text: string) => Fault): Fault {
  try {
    return parse(spec);
  } catch (error) {
    throw new RangeError(`--fault ${spec}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
