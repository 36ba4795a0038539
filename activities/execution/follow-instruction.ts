import { reducedTargets } from '#domain/adjusted-barriers.ts';
import { tightenOnly, type Barriers } from '#domain/barriers.ts';
import { roundSizeDown } from '#domain/instrument.ts';
import { amount, decimalString } from '#domain/money.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import {
  endInstruction,
  findInstruction,
  fixReducedPart,
  type InstructionRecord,
  type ReducedPart,
} from '#prisma/repositories/trade-instructions.ts';
import type { PositionReview, TradeRef } from '../contract.ts';
import { adjustBarriers, lastTargetOf, standingExits } from './adjust-barriers.ts';
import { InvalidBarriersError } from './adjustment-plan.ts';
import { loadContext, type ExecutionDeps } from './context.ts';
import { reducePosition } from './reduce-position.ts';
import { reviewPosition } from './review-position.ts';
import { syncWithVenue } from './sync-position.ts';

/** A part is not closed yet; the caller retries. */
class NotReducedError extends Error {
  override name = 'NotReducedError';
  readonly code = 'not_reduced_yet';
}

/**
 * Does with an open trade what a post of its author says: moves its stop, never away from the price, or closes a part of
 * it. What cannot be done is told in the story, with the reason. Run again, it goes on where it was. An instruction that
 * has ended, or a trade that is closing or paused, is left alone. Returns the position as it stands then.
 */
export async function followInstruction(
  deps: ExecutionDeps,
  { tradeId, instructionId }: TradeRef & { instructionId: string },
): Promise<PositionReview> {
  const instruction = await findInstruction(deps.db, instructionId);
  if (instruction?.tradeId !== tradeId || instruction.endedAt !== null)
    return reviewPosition(deps, { tradeId });
  const { trade } = await loadContext(deps, tradeId);
  if (trade.phase === 'open') {
    const told = trade.pausedAt === null ? await follow(deps, instruction) : PAUSED;
    await deps.failpoint('follow.before_end');
    await recordTradeEvent(deps.db, {
      tradeId,
      key: `post/${instruction.id}`,
      type: told.isDone ? 'post_followed' : 'post_ignored',
      text: told.text,
      data: { instructionId },
    });
  }
  await endInstruction(deps.db, instruction.id, deps.now());
  return reviewPosition(deps, { tradeId });
}

/** How an instruction ended, for the story. */
interface Told {
  isDone: boolean;
  text: string;
}

const PAUSED: Told = {
  isDone: false,
  text: 'A post of its author was not followed: the trade is paused',
};

const follow = (deps: ExecutionDeps, instruction: InstructionRecord): Promise<Told> =>
  (instruction.action === 'reduce' ? reduce : moveStop)(deps, instruction).catch(reasonOf);

/** Returns exits that do not fit as the reason why a post is not followed; throws other errors. */
function reasonOf(error: unknown): Told {
  if (!(error instanceof InvalidBarriersError)) throw error;
  return { isDone: false, text: `A post of its author was not followed: ${error.message}` };
}

async function moveStop(
  deps: ExecutionDeps,
  { id, tradeId, stopPrice, by }: InstructionRecord,
): Promise<Told> {
  const { trade } = await loadContext(deps, tradeId);
  const isInForce = trade.barriers?.request === id;
  const isLooser =
    stopPrice !== null &&
    trade.stopPrice !== null &&
    tightenOnly(trade.side, trade.stopPrice, stopPrice) !== stopPrice;
  if (isLooser && !isInForce)
    return {
      isDone: false,
      text: `A post of its author names a stop at ${stopPrice}, which is no tighter than ${trade.stopPrice}: it stays`,
    };
  const barriers: Barriers =
    stopPrice === null ? { breakEven: { afterTakeProfit: 0 } } : { stopLoss: { price: stopPrice } };
  const { stopPrice: to } = await adjustBarriers(deps, {
    tradeId,
    barriers,
    by,
    request: id,
    mayLoosen: false,
  });
  return {
    isDone: true,
    text: `${upper(by)} moved the stop${stopPrice === null ? ' to break-even' : ''}: ${to}`,
  };
}

async function reduce(deps: ExecutionDeps, instruction: InstructionRecord): Promise<Told> {
  const { tradeId, by, fraction } = instruction;
  const part = instruction.part ?? (await planPart(deps, instruction));
  if (part === null)
    return {
      isDone: false,
      text: 'A post of its author was not followed: the part is smaller than the venue trades',
    };
  const reduced = await reducePosition(deps, { tradeId }, part);
  if (reduced.is === 'later') throw new NotReducedError(`the part of trade ${tradeId} is not closed yet`);
  if (reduced.is === 'refused')
    return {
      isDone: false,
      text: `The venue refused to close a part that a post asked for: ${reduced.text}`,
    };
  return { isDone: true, text: `${upper(by)} closed ${Math.round((fraction ?? 0) * 100)} %: ${part.size}` };
}

/**
 * Cuts the open targets to what is left after a reduction, and fixes its order. Comes before the order: a target that
 * rests for more than is left of the trade would take from what the owner holds beside it. Returns null where the part is
 * less than one lot.
 */
async function planPart(
  deps: ExecutionDeps,
  { id, tradeId, fraction, by }: InstructionRecord,
): Promise<ReducedPart | null> {
  const context = await loadContext(deps, tradeId);
  const { trade } = await syncWithVenue(deps, context);
  const share = fraction ?? 0;
  const size = roundSizeDown(context.plan.instrument, amount(trade.remainingSize ?? '0').mul(share));
  if (size.lte(0)) return null;
  const request = `${id}/targets`;
  const takeProfits = reducedTargets(await standingExits(deps, { ...context, trade }), share);
  if (takeProfits.length > 0 && trade.barriers?.request !== request)
    await adjustBarriers(deps, { tradeId, barriers: { takeProfits }, by, request });
  await deps.failpoint('reduce.after_targets');
  const legNumber = (await lastTargetOf(deps, await loadContext(deps, tradeId))) + 1;
  return fixReducedPart(deps.db, id, { legNumber, size: decimalString(size) });
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
