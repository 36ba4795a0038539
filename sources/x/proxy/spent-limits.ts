/** Remembers limits that are used up, so that nobody asks X before a window is over. */
export class SpentLimits {
  readonly #until = new Map<string, number>();

  /** Notes what an answer says of the limit of its endpoint. */
  note(endpoint: string, headers: Headers): void {
    const reset = Number(headers.get('x-rate-limit-reset') ?? NaN);
    if (headers.get('x-rate-limit-remaining') === '0' && Number.isFinite(reset))
      this.#until.set(endpoint, reset * 1_000);
  }

  /** Returns when the endpoint may be asked again, in epoch ms; null when it may now. */
  until(endpoint: string, now: number): number | null {
    const until = this.#until.get(endpoint);
    return until !== undefined && until > now ? until : null;
  }
}
