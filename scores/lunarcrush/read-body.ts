import { SocialScoresError } from '../social-scores.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** Reads the body of an answer as text. Throws `too_long` for one of more than 16 MiB. */
export async function readBody(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new SocialScoresError('too_long', 'its answer is too long');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
