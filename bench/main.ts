// `npm run bench -- <name> [options]`. Each benchmark is a file of its own, loaded only when it is asked for.

interface Benchmark {
  run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void>;
}

const BENCHMARKS: Record<string, () => Promise<Benchmark>> = {
  backtest: () => import('./backtest.ts'),
  latency: () => import('./latency.ts'),
  lifecycles: () => import('./lifecycles.ts'),
  pipeline: () => import('./pipeline.ts'),
  'pipeline-model': () => import('./pipeline-model.ts'),
  metrics: () => import('./metrics.ts'),
  routing: () => import('./routing.ts'),
  start: () => import('./start.ts'),
  triggers: () => import('./triggers.ts'),
  watch: () => import('./watch.ts'),
  web: () => import('./web.ts'),
  venues: () => import('./venues.ts'),
};

const BAD_INPUT = 2;
const [name = '', ...args] = process.argv.slice(2);
const load = BENCHMARKS[name];
if (load) {
  const benchmark = await load();
  await benchmark.run(args, process.env);
} else {
  process.stderr.write(`usage: npm run bench -- <${Object.keys(BENCHMARKS).join('|')}> [options]\n`);
  process.exitCode = BAD_INPUT;
}
