import type { ClassifiedLine } from '#classifiers/evaluation/classified-line.ts';
import { quantile } from '#domain/quantile.ts';

/** What a model was asked over a file, what it cost, and where the rules decided in its place. */
interface ModelUse {
  asked: number;
  costUsd: number;
  latencyMs: { p50: number | null; p95: number | null };
  /** Messages on which the rules decided, by the reason. */
  byRules: Record<string, number>;
}

function modelUseOf(readings: readonly ClassifiedLine[]): ModelUse {
  const asked = readings.flatMap((reading) => reading.asked ?? []);
  const times = asked.map(({ latencyMs }) => latencyMs).filter((ms) => ms > 0);
  const reasons = readings.flatMap(({ decision }) =>
    decision?.by === 'rules' && decision.why !== null ? [shortened(decision.why)] : [],
  );
  return {
    asked: asked.length,
    costUsd: asked.reduce((sum, { costUsd }) => sum + costUsd, 0),
    latencyMs: { p50: timeAt(times, 0.5), p95: timeAt(times, 0.95) },
    byRules: Object.fromEntries(
      [...Map.groupBy(reasons, (why) => why)].map(([why, all]) => [why, all.length]),
    ),
  };
}

/** A failure by its kind alone; why a text was not shown in full. */
const shortened = (why: string): string => (why.startsWith('not asked') ? why : (why.split(':')[0] ?? why));

const timeAt = (times: readonly number[], share: number): number | null =>
  times.length === 0
    ? null
    : quantile(
        times.toSorted((a, b) => a - b),
        share,
      );

/** The use of a model as `signalman evaluate --json` prints it. */
export const modelUseJson = (readings: readonly ClassifiedLine[]): object => ({
  model: modelUseOf(readings),
});

/** Returns the use of a model as lines of text. */
export function renderModelUse(readings: readonly ClassifiedLine[]): string {
  const { asked, costUsd, latencyMs, byRules } = modelUseOf(readings);
  const per1000 = asked === 0 ? 0 : (costUsd / asked) * 1_000;
  return [
    `the model was asked ${asked} times: ${costUsd.toFixed(4)} USD, ${per1000.toFixed(2)} USD for 1,000`,
    ...(latencyMs.p50 === null
      ? []
      : [`answers took ${latencyMs.p50} ms, one in twenty longer than ${latencyMs.p95} ms`]),
    ...Object.entries(byRules).map(([why, n]) => `the rules decided on ${n}: ${why}`),
  ].join('\n');
}
