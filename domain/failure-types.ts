/** Types of the failures by which workflows, activities and the API tell how a request about a trade ended. */

/** The exits of a trade were to be changed before it was open, or after its end had begun. */
export const TRADE_NOT_OPEN = 'TradeNotOpen';
/** A step can never succeed as things are: it is told and not retried. Its first detail is the venue's code. */
export const STEP_ENDED = 'StepEnded';
