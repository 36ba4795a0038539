/** Types of the failures by which workflows, activities and the API tell how a request about a trade ended. */

/** The exits of a trade cannot change: the trade is not open yet, or its end has begun. */
export const TRADE_NOT_OPEN = 'TradeNotOpen';
/** A step that can never succeed as things are; it is not retried. Its first detail is the venue's code. */
export const STEP_ENDED = 'StepEnded';
