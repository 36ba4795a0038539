// Loaded before a process's own script (`node --import`): its wall clock is wrong by TEST_CLOCK_SKEW_MS.
const skewMs = Number(process.env['TEST_CLOCK_SKEW_MS'] ?? 0);
const now = Date.now;

globalThis.Date = new Proxy(Date, {
  construct: (real, given) => Reflect.construct(real, given.length === 0 ? [now() + skewMs] : given),
  get: (real, name) => (name === 'now' ? () => now() + skewMs : Reflect.get(real, name)),
});
