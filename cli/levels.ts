import { InvalidArgumentError } from 'commander';
import { isDecimalString } from '#domain/money.ts';
import { anyNumber } from './context.ts';
import { readPolicyFile } from './policy-file.ts';

/** Exits as they can be given on a command line. */
export interface LevelOptions {
  policy?: string;
  stop?: object;
  target: object[];
}

/** Reads `5%` of the entry price, or a price. */
export function level(text: string): { pct: number } | { price: string } {
  const number = text.endsWith('%') ? text.slice(0, -1) : text;
  if (!isDecimalString(number))
    throw new InvalidArgumentError('must be a percentage such as 5%, or a price.');
  return text.endsWith('%') ? { pct: Number(number) } : { price: number };
}

/** Reads `4%:0.5` or `52000:1` and returns it behind the targets before it. */
export function addTarget(text: string, targets: object[]): object[] {
  const [at = '', fraction = '1'] = text.split(':');
  return [...targets, { ...level(at), fraction: anyNumber(fraction) }];
}

/** Returns the exits of the command line and of the file, where the command line wins; null when neither has any. */
export async function barriersOf({ policy, stop, target }: LevelOptions): Promise<object | null> {
  const fromFile = policy === undefined ? {} : (await readPolicyFile(policy)).given;
  const given = {
    ...fromFile,
    ...(stop && { stopLoss: stop }),
    ...(target.length > 0 && { takeProfits: target }),
  };
  return Object.keys(given).length === 0 ? null : given;
}
