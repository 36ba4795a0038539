import { Command, InvalidArgumentError, Option } from 'commander';
import { VENUES, type VenueName } from '#domain/ids.ts';
import { readKeyFile } from '../approve/read-key-file.ts';
import { CliError } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { openContext, wholeNumber } from '../context.ts';
import { findSystem } from '../find-api.ts';
import { describeFlatten, flatten, type FlattenMeans, type FlattenReport } from '../flatten/flatten.ts';
import { flattenFromRecords } from '../flatten/from-records.ts';
import { describeHoldings, findHoldings, flattenFromVenue } from '../flatten/from-venue.ts';
import { flattenThroughApi } from '../flatten/through-api.ts';
import { createOutput, shortId } from '#terminal/output.ts';

interface Options {
  direct?: boolean;
  keyFile?: string;
  account?: string;
  venue?: VenueName;
  everything?: boolean;
  reason: string;
  wait: number;
  yes?: boolean;
  json?: boolean;
}

/** `signalman flatten`: stops entries, closes everything and asks the venues; exit status 0 only when all is flat. */
export const flattenCommand = (): Command =>
  new Command('flatten')
    .description(
      'stop every entry, close every position of ours, cancel its orders, and ask the venues whether all is flat; exit status 0 only then. Safe to run again',
    )
    .addOption(
      new Option('--direct', 'without the API: straight from the database and its keys').conflicts('keyFile'),
    )
    .option(
      '--key-file <file>',
      "without the database: from the venue alone, with the trading key or the wallet's own, 64 hex digits; wants --everything",
    )
    .option(
      '--account <address>',
      "with --key-file: the wallet (default: the key's own address)",
      addressText,
    )
    .addOption(
      new Option('--venue <name>', 'with --key-file: only there (default: each one)').choices(VENUES),
    )
    .option('--everything', "with --key-file: close the owner's own positions and orders too")
    .option('--reason <text>', 'why, for the brake and the audit log', 'flatten')
    .option('--wait <seconds>', 'how long to try', wholeNumber(1, 3_600), 90)
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .action(run);

async function run(options: Options): Promise<void> {
  const report = await (options.keyFile === undefined ? flattenOurs(options) : flattenAccount(options));
  if (!report.isFlat) process.exitCode = 1;
  const out = createOutput(process.stdout, process.env);
  if (options.json) return out.json(report);
  for (const line of report.stays) out.line(line);
  for (const line of report.left) out.line(out.colors.red(`NOT FLAT  ${line}`));
  if (report.isFlat) out.line(out.colors.green('all is flat'));
  if (report.brakeId !== null)
    out.line(`entries are stopped until: signalman release ${shortId(report.brakeId)}`);
}

async function flattenOurs({
  direct,
  account,
  venue,
  everything,
  ...options
}: Options): Promise<FlattenReport> {
  if ((account ?? venue ?? everything) !== undefined)
    throw new CliError('--account, --venue and --everything go with --key-file', 2);
  if (!direct) return withConsent(flattenThroughApi(openContext().api, options.reason), options);
  const means = await flattenFromRecords(findSystem(process.env), options.reason);
  try {
    return await withConsent(means, options);
  } finally {
    await means.close();
  }
}

async function withConsent(
  means: FlattenMeans,
  { wait, yes }: Pick<Options, 'wait' | 'yes'>,
): Promise<FlattenReport> {
  await confirm({ lines: await describeFlatten(means, wait * 1000), yes });
  return flatten(means, wait * 1000);
}

async function flattenAccount({
  keyFile = '',
  account,
  venue,
  everything,
  wait,
  yes,
}: Options): Promise<FlattenReport> {
  if (!everything) {
    const why = "without the records ours cannot be told from the owner's own";
    throw new CliError(
      `${why}: say --everything to close the whole account, or use --direct with the database`,
      2,
    );
  }
  const signer = readKeyFile(keyFile);
  const whole = { signer, accountId: (account ?? signer.address).toLowerCase(), venue };
  const found = await findHoldings(findSystem(process.env), whole);
  try {
    await confirm({ lines: describeHoldings(whole, found), yes });
    return await flattenFromVenue(whole, found, wait * 1000);
  } finally {
    await Promise.allSettled(found.map((each) => each.venue.close()));
  }
}

function addressText(text: string): string {
  if (/^0x[0-9a-f]{40}$/i.test(text)) return text;
  throw new InvalidArgumentError('must be an address: 0x and 40 hex digits.');
}
