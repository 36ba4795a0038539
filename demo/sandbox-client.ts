import type { ControlCommand } from '#sandbox/hyperliquid/control/commands.ts';
import type { SandboxState } from '#sandbox/hyperliquid/control/state.ts';

const TIMEOUT_MS = 10_000;

/** Lets prices move that were held at their first. */
export async function resumePrices(url: string): Promise<void> {
  await control(url, { type: 'resumePrices' });
}

/** The sandbox's books and prices as they stand. */
export const readSandbox = (url: string): Promise<SandboxState> =>
  control<SandboxState>(url, { type: 'state' });

async function control<Result>(url: string, command: ControlCommand): Promise<Result> {
  const response = await fetch(new URL('/control', url), {
    method: 'POST',
    body: JSON.stringify(command),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${command.type}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sandbox is of this very version
  return (await response.json()) as Result;
}
