import type { Topic } from '../api/queries.ts';
import type { News } from './news.ts';

const OF_SYSTEM: readonly Topic[] = ['brakes', 'sources', 'deployments', 'agents', 'system', 'bills'];
const OF_TRADE: readonly Topic[] = ['trades', 'signals'];
/** Events that end a trade: numbers and bills follow from them. */
const ENDS = ['settled', 'billed', 'skipped'];

/** Returns the topics whose queries are to be read again after an event. */
export function topicsOf({ about, type }: News): readonly Topic[] {
  if (about === 'system') return OF_SYSTEM;
  return ENDS.includes(type) ? [...OF_TRADE, 'bills', 'deployments'] : OF_TRADE;
}
