/**
 * More than a price by less than any two prices of 15 digits differ: a price is above it just when it is above that
 * price. Also for signed prices, which are negative for shorts.
 */
export const justAbove = (price: number): number => price + Math.abs(price) * Number.EPSILON;
