import type { TradeMessenger } from '../deps.ts';

/** A messenger that never fails: what it cannot deliver it owes, until {@link deliverOwed} gets it through. */
export interface PatientMessenger extends TradeMessenger {
  /** Tries once more what is owed. To be called now and then. */
  deliverOwed(): Promise<void>;
}

/**
 * Keeps the news that a trade's workflow has not heard. A closing order goes out while Temporal is down, and nobody
 * else would say so: the workflow would find out at its next safety look, minutes later. What a process owes when it
 * dies is found again in the books by the next watcher.
 */
export function createPatientMessenger(
  messenger: TradeMessenger,
  onFailure: (error: unknown) => void,
): PatientMessenger {
  // One entry per trade and kind of news, so that it holds no more than there are trades on watch.
  const owed = new Map<string, () => Promise<void>>();
  const deliver = async (key: string, tell: () => Promise<void>): Promise<void> => {
    try {
      await tell();
    } catch (error) {
      owed.set(key, tell);
      onFailure(error);
    }
  };
  return {
    exitStarted: (trade, reason) =>
      deliver(`${trade.signalId}/${trade.deploymentId}/exit`, () => messenger.exitStarted(trade, reason)),
    fillsBooked: (trade) =>
      deliver(`${trade.signalId}/${trade.deploymentId}/fills`, () => messenger.fillsBooked(trade)),
    async deliverOwed() {
      const due = [...owed];
      owed.clear();
      await Promise.all(due.map(([key, tell]) => deliver(key, tell)));
    },
  };
}
