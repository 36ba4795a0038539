/** A person's request to end the program. */
export interface Interruption {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, or when the reader of our output has gone. */
  readonly signal: AbortSignal;
  stopListening(): void;
}

/** npm passes on a Ctrl-C that the terminal has already sent to us: two at once count as one request. */
const SAME_WISH_MS = 700;

/** The first request aborts, the next one calls `force`. */
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
  listenForClosedOutput(() => controller.abort());
  return {
    signal: controller.signal,
    stopListening() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/** Every write to a closed pipe fails anew; what is written from then on is lost. */
function listenForClosedOutput(onClosed: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      onClosed();
    });
  }
}
