import { RequestError } from './client.ts';

/** Event of the document: the API refused something for want of a fresh signature. */
export const PROOF_NEEDED = 'proof-needed';

/** Returns what went wrong in a sentence or two, for a person. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof RequestError) return `${error.message} ${error.detail}`;
  return error instanceof Error ? error.message : String(error);
};

/** Has the person asked for a signature where a refusal is for want of one. Returns whether it is. */
export function askForProof(error: unknown): boolean {
  if (!(error instanceof RequestError) || error.code !== 'proof_needed') return false;
  document.dispatchEvent(new Event(PROOF_NEEDED));
  return true;
}
