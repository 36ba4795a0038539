const PARENT_CHECK_MS = 250;

/**
 * Resolves when this process is asked to end: by SIGINT, by SIGTERM, or, where npm started it (`npx signalman ...`),
 * by the end of npm, whose shell passes no signals on.
 */
export function untilInterrupted(
  startedByNpm = process.env['npm_command'] !== undefined,
): Promise<'interrupted'> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const check = setInterval(() => {
      if (startedByNpm && process.ppid !== parent) end();
    }, PARENT_CHECK_MS);
    check.unref();
    const end = (): void => {
      clearInterval(check);
      resolve('interrupted');
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  });
}
