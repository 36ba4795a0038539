// Loaded before a process's own script (`node --import`): its wall clock is wrong by TEST_CLOCK_SKEW_MS, or by what the
// file TEST_CLOCK_SKEW_FILE says at the time, in ms.
import { readFileSync } from 'node:fs';

const file = process.env['TEST_CLOCK_SKEW_FILE'];
let skewMs = Number(process.env['TEST_CLOCK_SKEW_MS'] ?? 0);
const now = Date.now;

if (file !== undefined) {
  const read = (): void => void (skewMs = Number(readFileSync(file, 'utf8')));
  read();
  setInterval(read, 20).unref();
}

globalThis.Date = new Proxy(Date, {
  construct: (real, given) => Reflect.construct(real, given.length === 0 ? [now() + skewMs] : given),
  get: (real, name) => (name === 'now' ? () => now() + skewMs : Reflect.get(real, name)),
});
