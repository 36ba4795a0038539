import { Command, CommanderError } from 'commander';
import { ApiRequestError } from '#api/client.ts';
import { CliError } from './cli-error.ts';
import { readEnvFile } from './env-file.ts';
import { addExamples } from './examples.ts';
import { typedMessage } from './option-names.ts';
import { shown } from '#terminal/output.ts';
import packageJson from '../package.json' with { type: 'json' };
import { keepFilesPrivate } from '#process/private-files.ts';

export interface CommandEntry {
  summary: string;
  load: () => Promise<Command>;
}

/** Every command; its module is loaded only when it is the one that runs, so that starting stays quick. */
const COMMANDS: Record<string, CommandEntry> = {
  up: {
    summary: 'run the system: Postgres, Temporal, API, workers and the venues that are configured',
    load: async () => (await import('./commands/up.ts')).upCommand(),
  },
  demo: {
    summary: 'run everything locally and trade the posts that ship with the project',
    load: async () => (await import('./commands/demo.ts')).demoCommand(),
  },
  setup: {
    summary: 'ask for venues and services, try every answer, and write .env',
    load: async () => (await import('./commands/setup.ts')).setupCommand(),
  },
  service: {
    summary: 'have the machine run the system as a service',
    load: async () => (await import('./commands/service.ts')).serviceCommand(),
  },
  run: {
    summary: 'run the API or workers of some roles in this process, as one part of a production',
    load: async () => (await import('./commands/run.ts')).runCommand(),
  },
  backup: {
    summary: 'write books, sealed keys and workflows to a file, while everything runs',
    load: async () => (await import('./commands/backup.ts')).backupCommand(),
  },
  restore: {
    summary: 'bring a backup into an empty folder or database, with entries stopped',
    load: async () => (await import('./commands/restore.ts')).restoreCommand(),
  },
  status: {
    summary: 'show the parts of the running system: process, time up, memory, restarts',
    load: async () => (await import('./commands/status.ts')).statusCommand(),
  },
  codec: {
    summary: 'open what Temporal stores, for its Web UI and command line',
    load: async () => (await import('./commands/codec.ts')).codecCommand(),
  },
  migrate: {
    summary: 'apply the migrations that a database lacks',
    load: async () => (await import('./commands/migrate.ts')).migrateCommand(),
  },
  doctor: {
    summary: 'say what is configured, reachable and missing, and what to do about it',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  },
  notify: {
    summary: 'say where you are told of what happens: Telegram, Discord, Slack, a webhook, e-mail',
    load: async () => (await import('./commands/notify.ts')).notifyCommand(),
  },
  trades: {
    summary: 'list trades',
    load: async () => (await import('./commands/trades.ts')).tradesCommand(),
  },
  trade: {
    summary: 'show one trade and everything that happened to it',
    load: async () => (await import('./commands/trade.ts')).tradeCommand(),
  },
  pause: {
    summary: 'stop the automatic exits of a trade; its resident stop stays',
    load: async () => (await import('./commands/pause.ts')).pauseCommand(),
  },
  resume: {
    summary: 'let the automatic exits of a trade act again',
    load: async () => (await import('./commands/resume.ts')).resumeCommand(),
  },
  close: {
    summary: 'close the position of a trade at once',
    load: async () => (await import('./commands/close.ts')).closeCommand(),
  },
  adjust: {
    summary: 'replace the exits of an open trade',
    load: async () => (await import('./commands/adjust.ts')).adjustCommand(),
  },
  'close-all': {
    summary: 'close every position at once, or those of one deployment',
    load: async () => (await import('./commands/close-all.ts')).closeAllCommand(),
  },
  watch: {
    summary: 'show trades, stops and venues live in the terminal',
    load: async () => (await import('./commands/watch.ts')).watchCommand(),
  },
  login: {
    summary: 'keep the address and key of a server for the commands of this user',
    load: async () => (await import('./commands/login.ts')).loginCommand(),
  },
  logout: {
    summary: 'forget what login has kept',
    load: async () => (await import('./commands/logout.ts')).logoutCommand(),
  },
  completion: {
    summary: 'print what completes commands in a shell',
    load: async () => (await import('./commands/completion.ts')).completionCommand(COMMANDS),
  },
  fleet: {
    summary: 'look at or steer one, some or all deployments',
    load: async () => (await import('./commands/fleet.ts')).fleetCommand(),
  },
  flatten: {
    summary: 'stop entries, close everything, and ask the venues whether all is flat',
    load: async () => (await import('./commands/flatten.ts')).flattenCommand(),
  },
  brake: {
    summary: 'stop entries at once: everywhere, at a venue, of an agent or of a deployment',
    load: async () => (await import('./commands/brake.ts')).brakeCommand(),
  },
  release: {
    summary: 'let entries pass again: end brakes',
    load: async () => (await import('./commands/release.ts')).releaseCommand(),
  },
  brakes: {
    summary: 'list what stops entries now, with reasons and ends',
    load: async () => (await import('./commands/brakes.ts')).brakesCommand(),
  },
  limits: {
    summary: 'show or change the limits of all deployments together',
    load: async () => (await import('./commands/limits.ts')).limitsCommand(),
  },
  reconcile: {
    summary: 'show how books and venues compare, or compare them now',
    load: async () => (await import('./commands/reconcile.ts')).reconcileCommand(),
  },
  agents: {
    summary: 'list or create agents',
    load: async () => (await import('./commands/agents.ts')).agentsCommand(),
  },
  sources: {
    summary: 'list, add, test, pause or remove where messages come from',
    load: async () => (await import('./commands/sources.ts')).sourcesCommand(),
  },
  deployments: {
    summary: 'list, create, approve, limit, pause or resume deployments',
    load: async () => (await import('./commands/deployments.ts')).deploymentsCommand(),
  },
  approve: {
    summary: "approve a deployment's trading keys with a wallet of test money",
    load: async () => (await import('./commands/approve.ts')).approveCommand(),
  },
  signals: {
    summary: 'list signals, or what was not traded and why',
    load: async () => (await import('./commands/signals.ts')).signalsCommand(),
  },
  signal: {
    summary: 'post a signal by hand',
    load: async () => (await import('./commands/signal.ts')).signalCommand(),
  },
  explain: {
    summary: 'show the way from the words of a message to its trades or refusals',
    load: async () => (await import('./commands/explain.ts')).explainCommand(),
  },
  score: {
    summary: 'explain the market score of a market, or list all',
    load: async () => (await import('./commands/score.ts')).scoreCommand(),
  },
  pnl: {
    summary: 'show realised profit, fees and funding by day, or by what you choose',
    load: async () => (await import('./commands/pnl.ts')).pnlCommand(),
  },
  leaderboard: {
    summary: 'list published agents by APR',
    load: async () => (await import('./commands/leaderboard.ts')).leaderboardCommand(),
  },
  stats: {
    summary: 'show how much there is of everything, or what each number is',
    load: async () => (await import('./commands/stats.ts')).statsCommand(),
  },
  export: {
    summary: 'write fills, fees, funding or bills as CSV',
    load: async () => (await import('./commands/export.ts')).exportCommand(),
  },
  bills: {
    summary: 'list bills',
    load: async () => (await import('./commands/bills.ts')).billsCommand(),
  },
  routing: {
    summary: 'show which venues trades went to and why, or change the rules',
    load: async () => (await import('./commands/routing.ts')).routingCommand(),
  },
  venues: {
    summary: 'show how venues do and what they list',
    load: async () => (await import('./commands/venues.ts')).venuesCommand(),
  },
  schedules: {
    summary: 'list what runs again and again, or pause, resume and trigger it',
    load: async () => (await import('./commands/schedules.ts')).schedulesCommand(),
  },
  hooks: {
    summary: 'list or make the addresses that programs may post messages to',
    load: async () => (await import('./commands/hooks.ts')).hooksCommand(),
  },
  'x-proxy': {
    summary: 'keep the token of X in one place, for workers that have none',
    load: async () => (await import('./commands/x-proxy.ts')).xProxyCommand(),
  },
  keys: {
    summary: 'list, add or revoke the keys that open the API',
    load: async () => (await import('./commands/keys.ts')).keysCommand(),
  },
  users: {
    summary: 'list, add or change who may use the system',
    load: async () => (await import('./commands/users.ts')).usersCommand(),
  },
  audit: {
    summary: 'list who changed what, and when',
    load: async () => (await import('./commands/audit.ts')).auditCommand(),
  },
  backtest: {
    summary: 'trade posts of the past at the prices of their time, by the rules that trade live',
    load: async () => (await import('./commands/backtest.ts')).backtestCommand(),
  },
  simulate: {
    summary: 'run the exits of one position over a file of prices',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand(),
  },
  classify: {
    summary: 'say what the classifier makes of the messages of a file',
    load: async () => (await import('./commands/classify.ts')).classifyCommand(),
  },
  evaluate: {
    summary: 'say how well the classifier reads labelled messages',
    load: async () => (await import('./commands/evaluate.ts')).evaluateCommand(),
  },
  sandbox: {
    summary: 'run a local stand-in for a venue or a language model',
    load: async () => (await import('./commands/sandbox.ts')).sandboxCommand(),
  },
};

const USAGE_ERROR = 2;
/** Names of errors with a message for people; comparing names avoids loading their modules at each start. */
const USAGE_ERRORS = new Set(['ConfigError', 'InputError']);

/**
 * Returns the program with the one command that `args` name loaded; of the other commands it has the names, for the
 * help.
 */
async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('signalman')
    .description('Durable signal trading: from a post to a protected, billed trade.')
    .version(packageJson.version, '--version', 'print the version')
    .helpCommand('help [command]', 'show the help of a command')
    // Options after a subcommand are the subcommand's, also where its parent has one of the same name.
    .enablePositionalOptions()
    .showHelpAfterError('(see: signalman --help)')
    .exitOverride();
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const name = wanted[0] === 'help' ? wanted[1] : wanted[0];
  for (const [each, { summary, load }] of Object.entries(COMMANDS)) {
    const command = each === name ? await load() : new Command(each).description(summary);
    for (const part of [command, ...command.commands]) part.exitOverride();
    program.addCommand(command);
    if (each === name) addExamples(command);
  }
  return program;
}

/** Runs the command line and returns the exit status: 0 done, 1 failed, 2 wrong command line. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(args);
    await program.parseAsync(args, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  // Commander has printed the error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  const message = messageOf(error);
  process.stderr.write(`signalman: ${shown(message)}\n`);
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof ApiRequestError) return error.isMalformed ? USAGE_ERROR : 1;
  if (error instanceof Error && USAGE_ERRORS.has(error.name)) return USAGE_ERROR;
  if (process.env['LOG_LEVEL'] === 'debug' && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  return 1;
}

function messageOf(error: unknown): string {
  if (error instanceof ApiRequestError) return typedMessage(error);
  return error instanceof Error ? error.message : String(error);
}

// A closed pipe (`signalman trades | head`) is no error. A command that runs on handles it itself.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (process.stdout.listenerCount('error') === 1) process.exit(0);
});

keepFilesPrivate();
readEnvFile('.env');
process.exitCode = await main(process.argv.slice(2));
