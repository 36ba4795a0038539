import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Writes the file and starts the service. A file that was not there before is removed when the service does not start.
 *
 * @throws {CliError} that says which step failed.
 */
export function installService({ file, text, enable }: ServiceManager): void {
  const isNew = !existsSync(file);
  attempt(`${file} cannot be written`, () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
  });
  try {
    for (const command of enable) run(command);
  } catch (error) {
    if (isNew) rmSync(file, { force: true });
    throw error;
  }
}

/** Stops the service and removes its file. @throws {CliError} that says which step failed. */
export function uninstallService({ file, disable }: ServiceManager): void {
  if (!existsSync(file)) throw new CliError(`no service is installed: ${file} does not exist`);
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
    throw new CliError(`${what}: ${reasonOf(error)}`);
  }
}

/** What a program said before it failed, on one line, else the error's own message. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const text = said || (error instanceof Error ? error.message.trim() : String(error));
  return text.replaceAll(/\s*\n\s*/g, '; ');
}
