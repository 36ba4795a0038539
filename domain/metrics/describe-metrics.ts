import { METRICS, type MetricDefinition } from './definitions.ts';

/** Returns a list of definitions as lines of Markdown; docs/metrics.md has the one of `METRICS`. */
export const describeMetrics = (
  definitions: Readonly<Record<string, MetricDefinition>> = METRICS,
): string[] =>
  Object.entries(definitions).map(([name, { title, unit, span, formula, sentence }]) => {
    const when = span === 'now' ? 'now' : 'over a window';
    return `- **${title}** (\`${name}\`, ${unit}, ${when}): ${sentence} \`${formula}\``;
  });
