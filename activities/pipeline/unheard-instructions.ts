import { inTransaction, type Database } from '#prisma/client.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { endUnheardInstructions } from '#prisma/repositories/trade-instructions.ts';

/** Ends what posts say about trades that will not be told any more, with a line in the story of each. */
export const tellUnheardInstructions = (db: Database, now: number): Promise<void> =>
  inTransaction(db, async (tx) => {
    const unheard = await endUnheardInstructions(tx, now);
    if (unheard.length === 0) return;
    await recordTradeEvent(
      tx,
      ...unheard.map(({ id, tradeId, isPaused }) => ({
        tradeId,
        key: `post/${id}`,
        type: 'post_ignored',
        text: `A post of its author was not followed: ${isPaused ? 'the trade is paused' : 'the trade could not be told of it within a day'}`,
        data: { instructionId: id },
      })),
    );
  });
