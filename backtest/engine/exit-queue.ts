import type { Trade } from './trade.ts';

interface Due {
  at: number;
  order: number;
  trade: Trade;
}

/** Exits that lie ahead, the earliest first; of one moment, in the order in which they were added. */
export class ExitQueue {
  private readonly heap: Due[] = [];
  private order = 0;

  add(at: number, trade: Trade): void {
    const { heap } = this;
    const due = { at, order: this.order++, trade };
    let index = heap.push(due) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(due, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = due;
  }

  /** Returns when the earliest exit is known; infinity without one. */
  next(): number {
    return this.heap[0]?.at ?? Infinity;
  }

  /** Removes the earliest exit and returns its trade; undefined where there is none. */
  take(): Trade | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (last && heap.length > 0) this.sink(last);
    return first?.trade;
  }

  private sink(due: Due): void {
    const { heap } = this;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, due)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = due;
  }
}

const isBefore = (one: Due, other: Due): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);
