import { expect, test } from 'vitest';
import { launchdPlist, systemdUnit, type ServiceUnit } from './unit.ts';

const UNIT: ServiceUnit = {
  command: ['/opt/node', '/srv/my 100% "app"/signalman.mjs', 'up'],
  folder: '/srv/my 100% "app"',
  isSystem: false,
  user: 'trader',
  logFile: '/var/log/signalman.log',
};

test('a unit of a user runs the command in its folder and is started again after a failure', () => {
  const lines = systemdUnit(UNIT).split('\n');
  expect(lines).toContain('ExecStart="/opt/node" "/srv/my 100%% \\"app\\"/signalman.mjs" "up"');
  expect(lines).toContain('WorkingDirectory=/srv/my 100%% "app"');
  expect(lines).toContain('Restart=on-failure');
  expect(lines).toContain('WantedBy=default.target');
  expect(lines.join('\n')).not.toContain('User=');
});

test('a unit of the machine names its user and waits for the network', () => {
  const lines = systemdUnit({ ...UNIT, isSystem: true }).split('\n');
  expect(lines).toContain('User=trader');
  expect(lines).toContain('After=network-online.target');
  expect(lines).toContain('WantedBy=multi-user.target');
});

test('a property list holds the words of the command as text', () => {
  const text = launchdPlist({ ...UNIT, folder: '/a & b' });
  expect(text).toContain('<string>/opt/node</string>');
  expect(text).toContain('<key>WorkingDirectory</key><string>/a &amp; b</string>');
  expect(text).toContain('<key>StandardErrorPath</key><string>/var/log/signalman.log</string>');
  expect(text).not.toContain('UserName');
});
