import { Argument, type Command as CommanderCommand, Command } from 'commander';
import { createOutput } from '#terminal/output.ts';

/** A command by its name: how it is loaded. */
type Loaders = Readonly<Record<string, { load: () => Promise<CommanderCommand> }>>;

/** The words that may follow a command line, by its words so far (`deployments set`). */
type Words = ReadonlyMap<string, readonly string[]>;

/** `signalman completion`: prints a script that completes commands, subcommands and options in a shell. */
export const completionCommand = (commands: Loaders): Command =>
  new Command('completion')
    .description(
      'print what completes commands in a shell: add `source <(signalman completion bash)` to ~/.bashrc, the like to ~/.zshrc, or `signalman completion fish | source`',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const out = createOutput(process.stdout, process.env);
      const words = await wordsOf(commands);
      for (const line of SCRIPTS[shell](words)) out.line(line);
    });

async function wordsOf(commands: Loaders): Promise<Words> {
  const words = new Map<string, readonly string[]>([['', Object.keys(commands)]]);
  for (const [name, { load }] of Object.entries(commands)) {
    // oxlint-disable-next-line no-await-in-loop -- each is loaded once
    const command = name === 'completion' ? new Command(name) : await load();
    collect(words, name, command);
  }
  return words;
}

function collect(words: Map<string, readonly string[]>, path: string, command: CommanderCommand): void {
  const options = command.options.flatMap(({ long }) => long ?? []);
  words.set(path, [...command.commands.map((each) => each.name()), ...options, '--help']);
  for (const each of command.commands) collect(words, `${path} ${each.name()}`, each);
}

const cases = (words: Words): string[] =>
  [...words].map(([path, after]) => `    '${path}') words='${after.join(' ')}' ;;`);

/** Keeps the words that are no options: they name the command. */
const BASH = (words: Words): string[] => [
  '_signalman() {',
  "  local cur=${COMP_WORDS[COMP_CWORD]} path='' words='' word",
  '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
  '    [[ $word == -* ]] || path="${path:+$path }$word"',
  '  done',
  '  while true; do',
  '  case "$path" in',
  ...cases(words),
  '  esac',
  "  [[ -n $words || -z $path ]] && break; [[ $path == *' '* ]] && path=${path% *} || path=''",
  '  done',
  '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
  '}',
  'complete -o default -F _signalman signalman',
];

const SCRIPTS: Record<'bash' | 'zsh' | 'fish', (words: Words) => string[]> = {
  bash: BASH,
  zsh: (words) => ['autoload -U +X bashcompinit && bashcompinit', ...BASH(words)],
  fish: (words) => [
    'complete -c signalman -f',
    ...[...words].flatMap(([path, after]) => fishLines(path, after)),
  ],
};

function fishLines(path: string, after: readonly string[]): string[] {
  const [command, ...rest] = path.split(' ');
  const condition =
    path === ''
      ? '__fish_use_subcommand'
      : [command, ...rest].map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  return after.map((word) =>
    word.startsWith('--')
      ? `complete -c signalman -n '${condition}' -l ${word.slice(2)}`
      : `complete -c signalman -n '${condition}' -a ${word}`,
  );
}
