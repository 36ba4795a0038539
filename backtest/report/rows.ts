/** Returns the numbers of all rows of columns: 0, 1, 2 and so on. */
export const allRows = ({ count }: { count: number }): number[] =>
  Array.from({ length: count }, (_, index) => index);
