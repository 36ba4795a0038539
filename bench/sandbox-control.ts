import type { LoggedRequest } from '#sandbox/hyperliquid/actions/order-log.ts';
import type { ControlCommand } from '#sandbox/hyperliquid/control/commands.ts';
import type { SandboxState } from '#sandbox/hyperliquid/control/state.ts';

const TIMEOUT_MS = 10_000;

/** The sandbox as a benchmark steers and reads it, over HTTP: it is a process of its own. */
export interface SandboxControl {
  readonly url: string;
  fund(address: string, usdc: number): Promise<void>;
  /** Sets a price; returns when it was applied, by the clock of the order log. */
  setPrice(coin: string, price: string): Promise<number>;
  /** One print in each of several coins, one right after the other. */
  setPrices(prices: { coin: string; price: string }[]): Promise<void>;
  /** Order requests received at or after `sinceMs`, oldest first. */
  orders(sinceMs: number): Promise<LoggedRequest[]>;
  state(): Promise<SandboxState>;
}

export function connectSandbox(url: string): SandboxControl {
  const control = async <Result>(command: ControlCommand): Promise<Result> => {
    const response = await fetch(new URL('/control', url), {
      method: 'POST',
      body: JSON.stringify(command),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${command.type}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sandbox is of this very version
    return (await response.json()) as Result;
  };
  return {
    url,
    fund: (address, usdc) => control({ type: 'fund', address, usdc }),
    async setPrice(coin, price) {
      const { appliedAt } = await control<{ appliedAt: number }>({ type: 'setPrice', coin, price });
      return appliedAt;
    },
    setPrices: (prices) => control({ type: 'setPrices', prices }),
    async orders(sinceMs) {
      const { requests } = await control<{ requests: LoggedRequest[] }>({
        type: 'orderLog',
        sinceMs,
        action: 'order',
      });
      return requests;
    },
    state: () => control({ type: 'state' }),
  };
}
