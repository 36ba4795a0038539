/**
 * Returns a number just above a price: between two prices of 15 digits, also for signed prices, which are negative
 * for shorts.
 */
export const justAbove = (price: number): number => price + Math.abs(price) * Number.EPSILON;
