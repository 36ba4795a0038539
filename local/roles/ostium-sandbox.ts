// The Ostium sandbox as a process of its own: `node local/roles/ostium-sandbox.ts '{"port": 0, "seed": 1, ...}'` with
// options of OstiumSandboxOptions as JSON. It ends on SIGTERM and SIGINT.
import { followSupervisor, reportReady } from '#process/role.ts';
import { startOstiumSandbox } from '#sandbox/ostium/server.ts';
import { z } from 'zod';

const runOptions = z.strictObject({
  port: z.int().exactOptional(),
  seed: z.number().exactOptional(),
  stateDir: z.string().exactOptional(),
  startPaused: z.boolean().exactOptional(),
});
export type OstiumSandboxRoleOptions = z.infer<typeof runOptions>;

if (import.meta.main) {
  followSupervisor();
  const sandbox = await startOstiumSandbox(runOptions.parse(JSON.parse(process.argv[2] ?? '{}')));
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      isStopping = true;
      void sandbox.stop();
    });
  // Without its chain it serves nothing: the supervisor starts both again.
  void sandbox.chainEnded.then(() => isStopping || process.exit(1));
  const { rpcUrl, graphUrl, priceUrl, controlUrl, contracts } = sandbox;
  const { usdc, trading, tradingStorage } = contracts;
  reportReady({
    url: priceUrl,
    rpcUrl,
    graphUrl,
    priceUrl,
    controlUrl,
    contracts: { usdc, trading, tradingStorage },
  });
}
