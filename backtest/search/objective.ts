import type { Trial } from './run-trial.ts';

/** By what trials are ranked; the largest is the best. */
export const OBJECTIVES = {
  sharpe: ({ sharpe }: Trial) => sharpe,
  net: ({ worthUsd }: Trial) => worthUsd,
  expectancy: ({ expectancyUsd }: Trial) => expectancyUsd,
  factor: ({ profitFactor }: Trial) => profitFactor,
  calmar: ({ calmar }: Trial) => calmar,
} as const satisfies Record<string, (trial: Trial) => number | null>;

export type Objective = keyof typeof OBJECTIVES;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the list above
export const OBJECTIVE_NAMES = Object.keys(OBJECTIVES) as Objective[];

/** Returns trials with the best first; one whose value has no meaning comes last. Equal ones stay in order. */
export const ranked = (trials: readonly Trial[], objective: Objective): Trial[] =>
  trials.toSorted((a, b) => valueOf(b, objective) - valueOf(a, objective));

const valueOf = (trial: Trial, objective: Objective): number =>
  OBJECTIVES[objective](trial) ?? -Number.MAX_VALUE;
