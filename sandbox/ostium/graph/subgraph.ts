import type { Ledger } from '../ledger/ledger.ts';
import { entitiesOf } from './entities.ts';
import { executeGraph } from './execute.ts';
import type { GraphAnswer, GraphState } from './execute.ts';

/** The venue's subgraph: the ledger in GraphQL. */
export class Subgraph {
  readonly #ledger: Ledger;
  #frozen: GraphState | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Returns the state of this moment until `thaw` is called. */
  freeze(): void {
    const { entities, blockNumber } = this.#state();
    const { pairs, trades, orders, limits, metaDatas } = entities;
    this.#frozen = { entities: { pairs, trades, orders, limits, metaDatas }, blockNumber };
  }

  thaw(): void {
    this.#frozen = undefined;
  }

  answer(body: unknown): GraphAnswer {
    return executeGraph(this.#frozen ?? this.#state(), body);
  }

  #state(): GraphState {
    return { entities: entitiesOf(this.#ledger.books), blockNumber: this.#ledger.blockNumber };
  }
}
