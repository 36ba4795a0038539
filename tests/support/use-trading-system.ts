import { afterAll, afterEach, beforeAll } from 'vitest';
import { startTradingSystem, type TradingSystem } from './trading-system.ts';

/**
 * Starts a trading system with a worker for a test file and gives it to `assign` before the first test. Clears the
 * sandbox's faults after each test and stops the system after the last.
 */
export function useTradingSystem(assign: (system: TradingSystem) => void): void {
  let system: TradingSystem | undefined;
  beforeAll(async () => {
    system = await startTradingSystem();
    assign(system);
    await system.startWorker();
  });
  afterEach(() => void system?.sandbox.control({ type: 'clearFaults' }));
  afterAll(() => system?.stop());
}
