/** Returns epoch milliseconds with the sub-millisecond digits of the monotonic clock. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
