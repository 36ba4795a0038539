import type { TestContext } from 'vitest';
import { createTradingKey } from '#venues/keys/trading-signer.ts';
import { pythonWith, runPythonClient } from './python-venv.ts';
import { startSandboxProcess } from './sandbox-process.ts';

const SDK = 'hyperliquid-python-sdk==0.24.0';

/** Runs the scenarios of one client program, each with a funded account of its own, on one sandbox process. */
export interface PythonClient<Scenario extends string> {
  /** Account that the scenario trades with, in lower case. */
  addressOf(scenario: Scenario): string;
  /** Resolves to what the scenario saw. Rejects with the program's output when it fails. */
  play(context: TestContext, scenario: Scenario): Promise<unknown>;
  stop(): Promise<number | null>;
}

/** Starts a sandbox that deposits this much USDC for each scenario of `tests/clients/<file>`. */
export async function startPythonClient<Scenario extends string>(
  file: string,
  usdcOf: Readonly<Record<Scenario, number>>,
): Promise<PythonClient<Scenario>> {
  const keys = new Map(Object.keys(usdcOf).map((scenario) => [scenario, createTradingKey()]));
  const deposits = Object.entries(usdcOf).flatMap(([scenario, usdc]) => [
    '--fund',
    `${keys.get(scenario)!.address}=${String(usdc)}`,
  ]);
  const { url, stop } = await startSandboxProcess(deposits);
  return {
    addressOf: (scenario) => keys.get(scenario)!.address,
    play: async (context, scenario) => {
      const python = await pythonWith(context, SDK);
      const { privateKey } = keys.get(scenario)!;
      return runPythonClient(python, file, { url, privateKey, scenario });
    },
    stop,
  };
}
