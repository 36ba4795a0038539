const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const WIDTH = 60;

/** Returns values as a line of blocks, the last value of each part of it; empty without values. */
export function sparkline(values: readonly number[], width = WIDTH): string {
  if (values.length === 0) return '';
  const count = Math.min(width, values.length);
  const shown = Array.from({ length: count }, (_, index) => {
    return values[Math.floor(((index + 1) * values.length) / count) - 1] ?? 0;
  });
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const span = high - low || 1;
  return shown.map((value) => BLOCKS[Math.round(((value - low) / span) * (BLOCKS.length - 1))]).join('');
}
