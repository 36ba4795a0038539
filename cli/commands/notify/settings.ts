import { InvalidArgumentError, Option, type Command } from 'commander';
import { DIGESTS, type Digest } from '#domain/notifications/due-time.ts';
import { SEVERITIES, TOPICS, type Severity, type Topic } from '#domain/notifications/topics.ts';

/** What a person may set about a channel. */
export interface SettingOptions {
  topics?: Topic[];
  severity?: Severity;
  quiet?: { from: string; to: string } | null;
  zone?: string;
  digest?: Digest;
}

export const withSettings = (command: Command): Command =>
  command
    .option('--topics <list>', `what it is told, by commas: ${TOPICS.join(', ')}; or all`, readTopics)
    .addOption(new Option('--severity <least>', 'what matters less is not told').choices(SEVERITIES))
    .option('--quiet <from-to>', 'only alarms between these times, such as 22:00-07:00; or none', readQuiet)
    .option(
      '--zone <name>',
      'time zone of the quiet hours, such as Europe/Berlin (this machine’s unless given)',
    )
    .addOption(new Option('--digest <how often>', 'tell what is no alarm together').choices(DIGESTS));

function readTopics(text: string): Topic[] {
  if (text === 'all') return [...TOPICS];
  return text.split(',').map((part) => {
    const topic = TOPICS.find((each) => each === part.trim());
    if (topic) return topic;
    throw new InvalidArgumentError(`${part.trim()} is none of ${TOPICS.join(', ')}.`);
  });
}

function readQuiet(text: string): { from: string; to: string } | null {
  if (text === 'none') return null;
  const [, from, to] = /^(\d{1,2}:\d{2})-(\d{1,2}:\d{2})$/.exec(text) ?? [];
  if (from === undefined || to === undefined)
    throw new InvalidArgumentError('must be like 22:00-07:00, or none.');
  return { from: from.padStart(5, '0'), to: to.padStart(5, '0') };
}

/** Returns the settings as the API takes them. Quiet hours without a zone are those of this machine. */
export function readSettings({ topics, severity, quiet, zone, digest }: SettingOptions): object {
  const timeZone = zone ?? (quiet ? Intl.DateTimeFormat().resolvedOptions().timeZone : undefined);
  return {
    ...(topics && { topics }),
    ...(severity && { minSeverity: severity }),
    ...(quiet !== undefined && { quiet }),
    ...(timeZone !== undefined && { timeZone }),
    ...(digest && { digest }),
  };
}
