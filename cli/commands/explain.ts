import { Command } from 'commander';
import type { Explanation } from '#api/schemas/explanation.ts';
import { openContext } from '../context.ts';
import { renderExplanation } from '../render/explanation.ts';

/** `signalman explain <id>`: shows the way from the words of a message to its trades or refusals. */
export const explainCommand = (): Command =>
  new Command('explain')
    .description('show the way from the words of a message to its trades or refusals')
    .argument('<id>', 'of a message, a signal or a trade; its last six characters suffice')
    .option('--json', 'print JSON')
    .action(run);

async function run(id: string, { json }: { json?: boolean }): Promise<void> {
  const { api, out } = openContext();
  const explanation = await api.get<Explanation>(`/explanations/${encodeURIComponent(id)}`);
  if (json) return out.json(explanation);
  for (const line of renderExplanation(explanation, out.colors)) out.line(line);
}
