import type { TradeMessenger } from '../deps.ts';

/** A messenger that never throws: it keeps undelivered messages for {@link deliverOwed}. */
export interface PatientMessenger extends TradeMessenger {
  /** Tries to deliver the kept messages; called at intervals. */
  deliverOwed(): Promise<void>;
}

/**
 * Returns a messenger that keeps messages which a workflow could not be sent, since without them the workflow learns of
 * a closing order minutes later. When the process dies, the next watcher finds the exits in the database.
 */
export function createPatientMessenger(
  messenger: TradeMessenger,
  onFailure: (error: unknown) => void,
): PatientMessenger {
  // One entry per trade and kind of message, so that it holds no more than there are watched trades.
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
