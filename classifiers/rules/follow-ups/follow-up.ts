import type { Symbol } from '#domain/ids.ts';

/** The news a message has of a trade that exists already, or the reason why its words for a side are no trade at all. */
export type FollowUpKind =
  | 'result'
  | 'cancel'
  | 'close'
  | 'update'
  | 'paper'
  | 'advert'
  | 'news'
  | 'instructions'
  | 'conditional';

/** One such statement. */
export interface FollowUp {
  kind: FollowUpKind;
  sentence: number;
  /** The instruments named in its sentence. */
  symbols: Symbol[];
}
