import type { Command } from 'commander';

/** Examples by command, shown under its help; a subcommand is named by its path. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  up: ['signalman up', 'signalman up --sandbox', 'signalman up --only api,trading'],
  setup: ['signalman setup'],
  service: ['signalman service install'],
  'service install': ['signalman service install', 'signalman service install --system --print'],
  'service uninstall': ['signalman service uninstall'],
  status: ['signalman status', 'signalman status --json'],
  migrate: ['signalman migrate'],
  demo: ['signalman demo', 'signalman demo --once --seed 7'],
  doctor: ['signalman doctor', 'signalman doctor --json'],
  trades: ['signalman trades', 'signalman trades --phase open,closing --symbol BTC'],
  trade: ['signalman trade 4c8e0b57', 'signalman trade 4c8e0b57 --json'],
  pause: ['signalman pause 4c8e0b57 --note "news at 14:30"'],
  resume: ['signalman resume 4c8e0b57'],
  close: ['signalman close 4c8e0b57', 'signalman close 4c8e0b57 --no-wait'],
  adjust: [
    'signalman adjust 4c8e0b57 --stop 48000',
    'signalman adjust 4c8e0b57 --break-even',
    'signalman adjust 4c8e0b57 --target 4%:0.5 --target 8%:0.5',
  ],
  'close-all': ['signalman close-all --yes', 'signalman close-all --deployment 2f6a4c8e --pause --yes'],
  reconcile: ['signalman reconcile', 'signalman reconcile --now'],
  agents: ['signalman agents'],
  'agents create': [
    'signalman agents create momentum --source file:posts.jsonl:80 --risk-percent 1',
    'signalman agents create calls --source 4c8e0b57:60',
    'signalman agents create swing --policy exits.json --notional 500',
  ],
  'agents react': [
    'signalman agents react momentum',
    'signalman agents react momentum --follow-ups follow --opposite-calls flip',
  ],
  'agents weigh': [
    'signalman agents weigh momentum',
    'signalman agents weigh momentum x=50 institutes=80 --score scale_and_veto',
  ],
  sources: ['signalman sources', 'signalman sources --failing'],
  'sources add': [
    'signalman sources add rss https://research.example/feed.xml',
    'signalman sources add file posts.jsonl',
    'signalman sources add manual desk',
  ],
  'sources set': ['signalman sources set 4c8e0b57 --every 300'],
  'sources show': ['signalman sources show 4c8e0b57'],
  'sources test': ['signalman sources test 4c8e0b57'],
  'sources post': ['signalman sources post 4c8e0b57 "Long BTC, stop 47500, target 52000"'],
  'sources pause': ['signalman sources pause 4c8e0b57'],
  'sources resume': ['signalman sources resume 4c8e0b57'],
  'sources remove': ['signalman sources remove 4c8e0b57'],
  schedules: ['signalman schedules'],
  'schedules pause': ['signalman schedules pause poll-rss --note "maintenance"'],
  'schedules resume': ['signalman schedules resume poll-rss'],
  'schedules trigger': ['signalman schedules trigger reconcile'],
  deployments: ['signalman deployments', 'signalman deployments --agent momentum'],
  'deployments create': [
    'signalman deployments create momentum --wallet 0x5e9ee1089755c3435139848e47e6635505d5a13a --max-notional 200',
    'signalman deployments create momentum --fund 5000',
  ],
  'deployments key': ['signalman deployments key 2f6a4c8e ostium'],
  'deployments key rotate': ['signalman deployments key rotate 2f6a4c8e --venue hyperliquid'],
  'deployments approval': ['signalman deployments approval 2f6a4c8e'],
  'deployments billing': ['signalman deployments billing 2f6a4c8e off'],
  'deployments pause': ['signalman deployments pause 2f6a4c8e'],
  'deployments resume': ['signalman deployments resume 2f6a4c8e'],
  approve: [
    'signalman approve 2f6a4c8e --key-file wallet.key',
    'signalman approve 2f6a4c8e --key-file wallet.key --venue ostium --allow-usdc 500',
  ],
  signals: ['signalman signals', 'signalman signals --skipped --limit 10', 'signalman signals --held'],
  signal: [
    'signalman signal momentum BTC long',
    'signalman signal momentum ETH short --stop 5% --notional 200 --max-drift 0.5',
    'signalman signal momentum BTC long --again',
    'signalman signal momentum BTC long --dry-run',
  ],
  explain: ['signalman explain 4c8e0b57', 'signalman explain 4c8e0b57 --json'],
  score: ['signalman score', 'signalman score BTC', 'signalman score BTC --agent momentum'],
  'agents show': ['signalman agents show momentum'],
  'agents publish': ['signalman agents publish momentum', 'signalman agents publish momentum off'],
  'sources judge': [
    'signalman sources judge momentum',
    'signalman sources judge momentum --window 30d --apply',
  ],
  pnl: ['signalman pnl --by month', 'signalman pnl --by source --from 2026-11-01 --csv'],
  leaderboard: ['signalman leaderboard', 'signalman leaderboard --venue hyperliquid --window 90d'],
  stats: ['signalman stats', 'signalman stats --definitions'],
  export: ['signalman export fills --csv --from 2026-01 --to 2026-12 > fills.csv'],
  bills: ['signalman bills', 'signalman bills --deployment 2f6a4c8e'],
  routing: ['signalman routing', 'signalman routing --agent momentum --days 7'],
  'routing set': ['signalman routing set --mode best', 'signalman routing set --venues hyperliquid,ostium'],
  'routing reset': ['signalman routing reset --agent momentum'],
  venues: ['signalman venues', 'signalman venues --instruments gold'],
  hooks: ['signalman hooks'],
  'hooks add': ['signalman hooks add webhook desk', 'signalman hooks add tradingview btc-15m --end-old'],
  'x-proxy': ['signalman x-proxy', 'signalman x-proxy --port 7080 --host 10.0.0.5'],
  keys: ['signalman keys'],
  'keys add': ['signalman keys add dashboard'],
  'keys revoke': ['signalman keys revoke 01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57'],
  audit: ['signalman audit', 'signalman audit --of trade/01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57'],
  simulate: ['signalman simulate --policy exits.json --prices btc.csv --side short --entry 50000'],
  classify: ['signalman classify --file posts.jsonl --json'],
  evaluate: [
    'signalman evaluate --file labelled.jsonl',
    'signalman evaluate --file labelled.jsonl --classifier both --recorded answers.jsonl',
  ],
  sandbox: ['signalman sandbox hyperliquid', 'signalman sandbox ostium', 'signalman sandbox llm'],
  'sandbox llm': ['signalman sandbox llm --port 4100 --latency 800 --fault late=2000:count=3'],
};

/** Shows the examples of a command, and of its subcommands, under their help. */
export function addExamples(command: Command, path = command.name()): void {
  const examples = EXAMPLES[path];
  if (examples)
    command.addHelpText('after', ['', 'Examples:', ...examples.map((each) => `  $ ${each}`)].join('\n'));
  for (const part of command.commands) addExamples(part, `${path} ${part.name()}`);
}
