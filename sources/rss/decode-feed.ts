/** Bytes that are looked through for the XML declaration. */
const HEAD_BYTES = 200;

/**
 * Returns the text of a feed. A byte order mark decides, then whether the bytes are valid UTF-8, which text in no other
 * encoding is by chance; then the charset of the header, the one of the XML declaration, and windows-1252.
 */
export function decodeFeed(body: Buffer, contentType: string): string {
  const wide = wideEncoding(body);
  if (wide) return new TextDecoder(wide).decode(body);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return decoderOf(charsetOf(contentType) ?? declaredIn(body)).decode(body);
  }
}

/** Two bytes a character: by the mark, or by the zero beside the `<` that every feed begins with. */
function wideEncoding([first, second]: Buffer): string | null {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c) ? 'utf-16be' : null;
}

const charsetOf = (contentType: string): string | undefined =>
  /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1];

const declaredIn = (body: Buffer): string | undefined =>
  /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/i.exec(
    body.subarray(0, HEAD_BYTES).toString('latin1'),
  )?.[1];

/** A charset that nobody knows, or that the bytes are not in, is read as windows-1252: no byte of it is lost. */
function decoderOf(charset: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    const decoder = new TextDecoder(charset ?? 'windows-1252');
    return decoder.encoding === 'utf-8' ? new TextDecoder('windows-1252') : decoder;
  } catch {
    return new TextDecoder('windows-1252');
  }
}
