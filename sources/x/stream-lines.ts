/** The longest line that is read, in characters; a longer one is passed over. */
const MAX_LINE = 1024 * 1024;

/** Returns the lines in chunks of text; an empty one is a keep-alive. A last line without its end is left out. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let isTooLong = false;
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    rest += first;
    for (const next of others) {
      if (!isTooLong) yield rest.replace(/\r$/, '');
      [rest, isTooLong] = [next, false];
    }
    if (rest.length > MAX_LINE) [rest, isTooLong] = ['', true];
  }
}
