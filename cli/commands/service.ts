import { userInfo } from 'node:os';
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
        (options: Options) => act(options, installService, 'installed and started'),
      ),
    )
    .addCommand(
      withOptions(new Command('uninstall').description('stop it and remove the unit')).action(
        (options: Options) => act(options, uninstallService, 'stopped and removed'),
      ),
    );

const withOptions = (command: Command): Command =>
  command
    .option('--system', 'for the whole machine (as root), not for this user only')
    .option('--print', 'print the unit and the commands, and do nothing');

function act({ system, print }: Options, work: (manager: ServiceManager) => void, done: string): void {
  const out = createOutput(process.stdout, process.env);
  const manager = serviceManager(
    {
      command: [process.execPath, SIGNALMAN, 'up'],
      folder: process.cwd(),
      isSystem: system === true,
      user: process.env['SUDO_USER'] ?? userInfo().username,
    },
    process.env,
  );
  if (print) return describe(manager, (text) => out.line(text));
  work(manager);
  out.line(`${manager.file} is ${done}`);
}

function describe({ file, text, enable, disable }: ServiceManager, line: (text: string) => void): void {
  line(`# ${file}`);
  line(text);
  line(`# install: ${enable.map((command) => command.join(' ')).join(' && ')}`);
  line(`# uninstall: ${disable.map((command) => command.join(' ')).join(' && ')}`);
}
