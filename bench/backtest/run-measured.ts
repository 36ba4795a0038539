import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Writes the most memory that the process had as its last line of errors. */
const TELL_MEMORY = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\nrss '+process.resourceUsage().maxRSS))`;

/**
 * Runs a script of the project in a process of its own and returns the seconds from its start to its end and its most
 * resident memory. Rejects with its errors where it fails.
 */
export async function runMeasured(
  command: readonly string[],
): Promise<{ wallSeconds: number; rssMiB: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', TELL_MEMORY, ...command], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [status] = await once(child, 'exit');
  const wallSeconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${errors}`);
  return { wallSeconds, rssMiB: Number(/rss (\d+)$/u.exec(errors)?.[1]) / 1024 };
}
