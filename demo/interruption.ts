/** A person's wish to end the program. */
export interface Interruption {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  stopListening(): void;
}

/** npm passes on a Ctrl-C that the terminal has already sent to us: two at once are one wish. */
const SAME_WISH_MS = 700;

/** The first wish aborts, the next one calls `force`. */
export function listenForInterruption(force: () => void): Interruption {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = (): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > SAME_WISH_MS) force();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    stopListening() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
