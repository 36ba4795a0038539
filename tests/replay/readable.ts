/** Every text in a history, payloads as they are and decoded, for searching. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return `${value}\n${Buffer.from(value, 'base64').toString('latin1')}`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(readable).join('\n');
}
