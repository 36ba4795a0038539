import type { Evaluation, Share } from '#classifiers/evaluation/evaluate.ts';

/** The figures of an evaluation as `signalman evaluate --json` prints them; null where nothing was counted. */
export const evaluationJson = (evaluation: Evaluation): object => ({
  candidate: {
    precision: evaluation.candidate.precision.value,
    recall: evaluation.candidate.recall.value,
    f1: evaluation.candidate.f1,
  },
  sideAccuracy: evaluation.side.value,
  instrumentAccuracy: evaluation.instruments.value,
  entryAccuracy: evaluation.entry.value,
  stopAccuracy: evaluation.stop.value,
  targetsAccuracy: evaluation.targets.value,
  n: evaluation.n,
});

/**
 * Returns an evaluation as lines of text: figures with intervals, calibration, the confusion of kinds, and the worst
 * messages.
 */
export function renderEvaluation(evaluation: Evaluation): string {
  const { candidate, calibration, confusion, worst } = evaluation;
  return [
    `${evaluation.n} messages`,
    '',
    row('calls found that are calls (precision)', candidate.precision),
    row('calls that were found (recall)', candidate.recall),
    `${'F1 of the two'.padEnd(LABEL)}${candidate.f1 === null ? '-' : candidate.f1.toFixed(3)}`,
    row('side right', evaluation.side),
    row('instruments right', evaluation.instruments),
    row('entry right', evaluation.entry),
    row('stop right', evaluation.stop),
    row('targets right', evaluation.targets),
    '',
    'confidence   calls   right in instrument and side',
    ...calibration.map(
      ({ from, n, right }) =>
        `${from.toFixed(1)} to ${(from + 0.1).toFixed(1)}   ${String(n).padStart(5)}   ${(right / n).toFixed(2)}`,
    ),
    '',
    'labelled   read as',
    ...confusion
      .toSorted((a, b) => b.n - a.n)
      .map(({ expected, read, n }) => `${expected.padEnd(9)}  ${read.padEnd(14)} ${n}`),
    ...(worst.length > 0 ? ['', 'read wrong, the surest first:'] : []),
    ...worst.map(
      ({ id, wrong, confidence, text }) =>
        `${confidence.toFixed(2)}  ${id}  ${wrong.join(', ')}: ${JSON.stringify(text.slice(0, 120))}`,
    ),
  ].join('\n');
}

const LABEL = 42;

function row(label: string, { value, of, low, high }: Share): string {
  if (value === null || low === null || high === null) return `${label.padEnd(LABEL)}-  (of 0)`;
  return `${label.padEnd(LABEL)}${value.toFixed(3)}  (${low.toFixed(3)} to ${high.toFixed(3)}, of ${of})`;
}
