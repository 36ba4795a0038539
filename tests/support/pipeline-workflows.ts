import { sleep } from '@temporalio/workflow';
import type { TradeInput } from '#workflows/messages.ts';

/** The workflows of the pipeline, with a trade that only waits, so that a test sees nothing but the way to it. */
export * from '#workflows/classify.ts';
export * from '#workflows/evaluate-messages.ts';
export * from '#workflows/generate-signals.ts';
export * from '#workflows/ingest.ts';
export * from '#workflows/poll-sources.ts';
export * from '#workflows/signal-fan-out.ts';
export * from '#workflows/venue-maintenance.ts';

export async function tradeLifecycle(_input: TradeInput): Promise<void> {
  await sleep('1h');
}
