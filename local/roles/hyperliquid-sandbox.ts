// The Hyperliquid sandbox as a process of its own: `node local/roles/hyperliquid-sandbox.ts '{"port": 0, "seed": 1, ...}'` with the
// options of HyperliquidRunOptions as JSON. It ends on SIGTERM and SIGINT.
import { followSupervisor, reportReady } from '#process/role.ts';
import { runHyperliquidSandbox } from '#sandbox/hyperliquid/run.ts';
import { z } from 'zod';

const runOptions = z.strictObject({
  port: z.int().exactOptional(),
  prices: z.string().exactOptional(),
  coin: z.string().exactOptional(),
  speed: z.number().exactOptional(),
  pace: z.number().exactOptional(),
  seed: z.number().exactOptional(),
  replay: z.string().exactOptional(),
  state: z.string().exactOptional(),
  startPaused: z.boolean().exactOptional(),
});
export type SandboxRoleOptions = z.infer<typeof runOptions>;

followSupervisor();
const sandbox = await runHyperliquidSandbox(runOptions.parse(JSON.parse(process.argv[2] ?? '{}')));
sandbox.pricesEnded.catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.close());
reportReady({ url: sandbox.url });
