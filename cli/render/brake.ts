import type { Brake } from '#api/schemas/brake.ts';
import { shortId, utc } from '#terminal/output.ts';

type Described = Pick<
  Brake,
  'id' | 'scope' | 'venue' | 'agentName' | 'deploymentId' | 'reason' | 'setBy' | 'until' | 'releasedAt'
>;

/** Returns the entries that a brake holds back, as words. */
export function heldBack({ scope, venue, agentName, deploymentId }: Omit<Described, 'id'>): string {
  switch (scope) {
    case 'system':
      return 'all entries';
    case 'venue':
      return `entries at ${venue}`;
    case 'agent':
      return `entries of ${agentName}`;
    case 'deployment':
      return `entries of deployment ${shortId(deploymentId ?? '')}`;
    default:
      return scope satisfies never;
  }
}

/** Returns a line that says what a brake holds back, until when, and why. */
export function describeBrake(brake: Described): string {
  const { id, reason, setBy } = brake;
  return `brake ${shortId(id)}: ${heldBack(brake)} are stopped ${endOf(brake)} by ${setBy}: ${reason}`;
}

/** Returns until when a brake holds, as words. */
export function endOf({ until, releasedAt }: Pick<Described, 'until' | 'releasedAt'>): string {
  if (releasedAt !== null) return `until ${utc(releasedAt)}`;
  return until === null ? 'until released' : `until ${utc(until)}`;
}
