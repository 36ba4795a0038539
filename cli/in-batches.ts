/** Yields the results of `work` in the order of the items, of which so many are under way at once. */
export async function* inBatches<Item, Result>(
  items: AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  let batch: Promise<Result>[] = [];
  for await (const item of items) {
    batch.push(work(item));
    if (batch.length < atOnce) continue;
    yield* await Promise.all(batch);
    batch = [];
  }
  yield* await Promise.all(batch);
}
