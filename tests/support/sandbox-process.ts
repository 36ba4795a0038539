import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ControlCommand } from '#sandbox/hyperliquid/control/commands.ts';

const COMMAND = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));

/** Hyperliquid's sandbox as a process of the command line. */
export interface SandboxProcess {
  readonly url: string;
  readonly wsUrl: string;
  readonly network: 'testnet' | 'mainnet';
  /** Sends a command to POST /control. Rejects with the sandbox's text where it refuses. */
  control<Answer = object>(command: ControlCommand): Promise<Answer>;
  /** Interrupts it and resolves to its exit status. */
  stop(): Promise<number | null>;
}

/** Runs `signalman sandbox hyperliquid --json` with these arguments until stopped. Rejects if it ends by itself. */
export async function startSandboxProcess(args: readonly string[] = []): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [COMMAND, 'sandbox', 'hyperliquid', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const [line, complaint] = await Promise.race([
    firstLine(child.stdout).then((text) => [text, '']),
    Promise.all([exited, firstLine(child.stderr)]).then(([, text]) => ['', text]),
  ]);
  if (!line) throw new Error(`the sandbox did not start: ${complaint}`);
  const { url, wsUrl, network }: SandboxProcess = JSON.parse(line);
  return {
    url,
    wsUrl,
    network,
    control: (command) => postControl(url, command),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  return '';
}

async function postControl<Answer>(url: string, command: ControlCommand): Promise<Answer> {
  const response = await fetch(`${url}/control`, { method: 'POST', body: JSON.stringify(command) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const answer: Answer = JSON.parse(text);
  return answer;
}
