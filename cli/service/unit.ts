/** A program that the system runs from now on, and after each start of the machine. */
export interface ServiceUnit {
  /** Program and arguments, absolute. */
  command: readonly string[];
  /** Where `.env` and the state folder are looked for, absolute. */
  folder: string;
  /** For the whole machine, else for this user. */
  isSystem: boolean;
  /** Whom a unit of the machine runs as. */
  user: string;
  /** Where launchd writes the output, absolute; systemd keeps it in its journal. */
  logFile: string;
}

/** Twice as long as the system takes to stop everything in good order. */
const STOP_WITHIN_S = 90;

/** The text of a systemd unit. Format: systemd.service(5), systemd.unit(5). */
export const systemdUnit = ({ command, folder, isSystem, user }: ServiceUnit): string =>
  [
    '[Unit]',
    'Description=Signalman: durable signal trading',
    ...(isSystem ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    // A cause that starting again does not mend is left to a person.
    'StartLimitIntervalSec=300',
    'StartLimitBurst=5',
    '',
    '[Service]',
    `ExecStart=${command.map(quoted).join(' ')}`,
    `WorkingDirectory=${folder.replaceAll('%', '%%')}`,
    ...(isSystem ? [`User=${user}`] : []),
    'Restart=on-failure',
    'RestartSec=5',
    // It stops its own parts, in their order.
    'KillMode=mixed',
    `TimeoutStopSec=${STOP_WITHIN_S}`,
    'UMask=0077',
    '',
    '[Install]',
    `WantedBy=${isSystem ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n');

const quoted = (word: string): string =>
  `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;

export const LAUNCHD_LABEL = 'signalman';

/** The text of a launchd property list. Format: launchd.plist(5). */
export const launchdPlist = ({ command, folder, isSystem, user, logFile }: ServiceUnit): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    `  <key>Label</key><string>${LAUNCHD_LABEL}</string>`,
    `  <key>ProgramArguments</key><array>${command.map(xmlString).join('')}</array>`,
    `  <key>WorkingDirectory</key>${xmlString(folder)}`,
    ...(isSystem ? [`  <key>UserName</key>${xmlString(user)}`] : []),
    `  <key>StandardOutPath</key>${xmlString(logFile)}`,
    `  <key>StandardErrorPath</key>${xmlString(logFile)}`,
    '  <key>RunAtLoad</key><true/>',
    '  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>',
    `  <key>ExitTimeOut</key><integer>${STOP_WITHIN_S}</integer>`,
    '  <key>Umask</key><integer>63</integer>',
    '</dict>',
    '</plist>',
    '',
  ].join('\n');

const xmlString = (text: string): string =>
  `<string>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</string>`;
