/** Returns the time that a `Retry-After` header names, in epoch ms; null for none, or for one that says nothing. */
export function retryTime(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return now + Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : at;
}
