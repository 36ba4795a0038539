import { amount, isDecimalString } from '#domain/money.ts';
import type { SizeModel } from '#domain/sizing.ts';

const MODES = 'equityPercent, fixedNotional or riskPercent';

/** Reads a size model as the API takes it; returns what is wrong with it as text where it is none. */
export function parseSizeModel(input: unknown): SizeModel | string {
  if (typeof input !== 'object' || input === null) return `must be an object with a mode: ${MODES}`;
  const fields: Record<string, unknown> = { ...input };
  const { mode, percent, notionalUsd, ...rest } = fields;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `${unknown} is not known here`;
  if (mode === 'fixedNotional') {
    const isAmount =
      typeof notionalUsd === 'string' && isDecimalString(notionalUsd) && amount(notionalUsd).gt(0);
    if (percent !== undefined) return 'fixedNotional contradicts percent';
    return isAmount ? { mode, notionalUsd } : 'notionalUsd must be a positive amount as text, such as "500"';
  }
  if (mode !== 'equityPercent' && mode !== 'riskPercent') return `mode must be ${MODES}`;
  if (notionalUsd !== undefined) return `${mode} contradicts notionalUsd`;
  if (percent === undefined) return { mode };
  const isShare = typeof percent === 'number' && percent > 0 && percent <= 100;
  return isShare ? { mode, percent } : 'percent must be a number above 0 and at most 100';
}
