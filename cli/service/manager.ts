import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { LAUNCHD_LABEL, launchdPlist, systemdUnit, type ServiceUnit } from './unit.ts';

type Command = readonly [file: string, ...args: string[]];

/** How a machine is told of a service. */
export interface ServiceManager {
  file: string;
  text: string;
  /** To be run after the file is written. */
  enable: readonly Command[];
  /** To be run before the file is removed. */
  disable: readonly Command[];
}

/** The manager of this machine: systemd on Linux, launchd on macOS. @throws {CliError} anywhere else. */
export function serviceManager(unit: ServiceUnit, env: NodeJS.ProcessEnv): ServiceManager {
  if (process.platform === 'linux') return systemd(unit, env);
  if (process.platform === 'darwin') return launchd(unit);
  throw new CliError('services are installed on Linux (systemd) and macOS (launchd) only');
}

function systemd(unit: ServiceUnit, env: NodeJS.ProcessEnv): ServiceManager {
  const config = env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  const folder = unit.isSystem ? '/etc/systemd/system' : join(config, 'systemd', 'user');
  const whose = unit.isSystem ? [] : ['--user'];
  return {
    file: join(folder, 'signalman.service'),
    text: systemdUnit(unit),
    enable: [
      ['systemctl', ...whose, 'daemon-reload'],
      ['systemctl', ...whose, 'enable', '--now', 'signalman.service'],
    ],
    disable: [['systemctl', ...whose, 'disable', '--now', 'signalman.service']],
  };
}

function launchd(unit: ServiceUnit): ServiceManager {
  const folder = unit.isSystem ? '/Library/LaunchDaemons' : join(homedir(), 'Library', 'LaunchAgents');
  const file = join(folder, `${LAUNCHD_LABEL}.plist`);
  return {
    file,
    text: launchdPlist(unit),
    enable: [['launchctl', 'load', '-w', file]],
    disable: [['launchctl', 'unload', '-w', file]],
  };
}

/** Writes the file and starts the service. @throws {CliError} that says which step failed. */
export function installService({ file, text, enable }: ServiceManager): void {
  attempt(`${file} cannot be written`, () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
  });
  for (const command of enable) run(command);
}

/** Stops the service and removes its file. @throws {CliError} that says which step failed. */
export function uninstallService({ file, disable }: ServiceManager): void {
  for (const command of disable) run(command);
  attempt(`${file} cannot be removed`, () => rmSync(file, { force: true }));
}

function run([file, ...args]: Command): void {
  attempt(
    `${[file, ...args].join(' ')} failed`,
    () => void execFileSync(file, args, { stdio: 'pipe', timeout: 120_000 }),
  );
}

function attempt(what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new CliError(`${what}: ${error instanceof Error ? error.message.trim() : String(error)}`);
  }
}
