/** Something that was started and can be stopped. */
export interface Stoppable {
  readonly name: string;
  stop(): Promise<void>;
}

/**
 * Stops everything in the reverse of the order it was started in, each after the one before it is gone. A failure
 * does not keep the rest running.
 *
 * @throws {AggregateError} at the end, when any of them could not be stopped.
 */
export async function stopAll(started: readonly Stoppable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const service of started.toReversed()) {
    try {
      await service.stop();
    } catch (cause) {
      failures.push(new Error(`${service.name} could not be stopped`, { cause }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
}
