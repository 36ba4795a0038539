// Bundles the workflows and says how large they are: the check that they use nothing they may not.
import { bundleWorkflows } from './workflow-bundle.ts';

const startedAt = performance.now();
const code = await bundleWorkflows();
const kib = Math.round(Buffer.byteLength(code) / 1024);
console.log(`workflow bundle: ${kib} KiB in ${Math.round(performance.now() - startedAt)} ms`);
