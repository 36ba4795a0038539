// The stand-in for a language model as a process of its own: `node local/roles/llm-sandbox.ts '{"port": 0}'`. It ends on
// SIGTERM and SIGINT.
import { followSupervisor, reportReady } from '#process/role.ts';
import { startLlmSandbox } from '#sandbox/llm/server.ts';
import { z } from 'zod';

const runOptions = z.strictObject({ port: z.int().exactOptional() });

followSupervisor();
const sandbox = await startLlmSandbox(runOptions.parse(JSON.parse(process.argv[2] ?? '{}')));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.close());
reportReady({ url: sandbox.baseUrl });
