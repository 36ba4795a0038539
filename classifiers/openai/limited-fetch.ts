/** An answer is longer than anything that is asked for. */
export class AnswerTooLongError extends Error {
  override name = 'AnswerTooLongError';
}

/** Returns a `fetch` whose answers end with {@link AnswerTooLongError} behind so many bytes. */
export const limitedFetch =
  (maxBytes: number): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    if (!response.body) return response;
    let bytes = 0;
    const limited = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.length;
          if (bytes > maxBytes) controller.error(new AnswerTooLongError(`more than ${maxBytes} bytes`));
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(limited, { status, statusText, headers });
  };
