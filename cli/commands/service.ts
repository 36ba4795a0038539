import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { createOutput } from '#terminal/output.ts';
import { installService, serviceManager, uninstallService, type ServiceManager } from '../service/manager.ts';

interface Options {
  system?: boolean;
  print?: boolean;
}

const SIGNALMAN = fileURLToPath(new URL('../signalman.mjs', import.meta.url));

/** `signalman service install|uninstall`: `up` as a service of this machine, run in the folder of the command. */
export const serviceCommand = (): Command =>
  new Command('service')
    .description('have the machine run `signalman up` in this folder, now and after each of its starts')
    .addCommand(
      withOptions(new Command('install').description('write the unit and start it')).action(
        (options: Options) => act(options, INSTALL),
      ),
    )
    .addCommand(
      withOptions(new Command('uninstall').description('stop it and remove the unit')).action(
        (options: Options) => act(options, UNINSTALL),
      ),
    );

const withOptions = (command: Command): Command =>
  command
    .option('--system', 'for the whole machine (as root), not for this user only')
    .option('--print', 'print what would be written and run, and do nothing');

interface Act {
  work: (manager: ServiceManager) => void;
  /** Follows the name of the unit's file. */
  done: string;
  /** Lines that say what `work` would do. */
  describe: (manager: ServiceManager) => string[];
}

const commandsOf = (commands: ServiceManager['enable']): string[] =>
  commands.map((command) => command.join(' '));

const INSTALL: Act = {
  work: installService,
  done: 'installed and started',
  describe: ({ file, text, enable }) => [`# ${file}`, text, `# then: ${commandsOf(enable).join(' && ')}`],
};

const UNINSTALL: Act = {
  work: uninstallService,
  done: 'stopped and removed',
  describe: ({ file, disable }) => [...commandsOf(disable), `rm ${file}`],
};

function act({ system, print }: Options, { work, done, describe }: Act): void {
  const out = createOutput(process.stdout, process.env);
  const manager = serviceManager(
    {
      command: [process.execPath, SIGNALMAN, 'up'],
      folder: process.cwd(),
      isSystem: system === true,
      user: process.env['SUDO_USER'] ?? userInfo().username,
      logFile: system ? '/Library/Logs/signalman.log' : join(homedir(), 'Library', 'Logs', 'signalman.log'),
    },
    process.env,
  );
  if (print) {
    for (const text of describe(manager)) out.line(text);
    return;
  }
  work(manager);
  out.line(`${manager.file} is ${done}`);
}
