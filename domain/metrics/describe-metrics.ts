import { METRIC_NAMES, METRICS } from './definitions.ts';

/** Returns the list of definitions as lines of Markdown, as docs/metrics.md has it. */
export const describeMetrics = (): string[] =>
  METRIC_NAMES.map((name) => {
    const { title, unit, span, formula, sentence } = METRICS[name];
    const when = span === 'now' ? 'now' : 'over a window';
    return `- **${title}** (\`${name}\`, ${unit}, ${when}): ${sentence} \`${formula}\``;
  });
