import { Command, InvalidArgumentError } from 'commander';
import type { Deployment } from '#api/schemas/deployment.ts';
import { keyNameOf } from '#domain/trading-key.ts';
import { shortId } from '#terminal/output.ts';
import type { TradingSigner } from '#venues/venue.ts';
import { findApprovingVenue } from '../approve/approvals.ts';
import { readKeyFile } from '../approve/read-key-file.ts';
import { CliError } from '../cli-error.ts';
import { openContext } from '../context.ts';
import { findSystem } from '../find-api.ts';
import { describeDeployment } from '../render/deployment.ts';

interface Options {
  keyFile: string;
  venue?: string;
  allowUsdc: string;
  gasEth: string;
  yesMain?: boolean;
}

/** `signalman approve`: signs the approval of a deployment's waiting trading keys with the wallet's own key. */
export const approveCommand = (): Command =>
  new Command('approve')
    .description(
      "approve the trading keys of a deployment that wait, with the wallet's private key, which is read for this and kept nowhere; for wallets of test money",
    )
    .argument('<deployment>', 'the deployment, or the last 6 or more characters of its id')
    .requiredOption(
      '--key-file <file>',
      "the wallet's private key, 64 hex digits; no other user may read the file",
    )
    .option('--venue <name>', 'only the key of this venue')
    .option('--allow-usdc <usdc>', 'at Ostium: how much USDC trades may take in all', amountText, '1000')
    .option('--gas-eth <eth>', 'at Ostium: how much ETH the key is to have for gas', amountText, '0.01')
    .option('--yes-main', 'also on a main network, where the wallet holds real money')
    .action(approve);

async function approve(id: string, options: Options): Promise<void> {
  const { api, out } = openContext();
  const path = `/deployments/${encodeURIComponent(id)}`;
  const deployment = await api.get<Deployment>(path);
  const wallet = readKeyFile(options.keyFile);
  refuseOtherWallet(deployment, wallet, options);
  let asked = deployment;
  for (const key of waitingKeys(deployment, options)) {
    // oxlint-disable-next-line no-await-in-loop -- a wallet signs one thing after the other
    await approveKey({ deployment, wallet, key, options });
    out.line(`approved ${key.address} at ${key.venue} with the wallet ${wallet.address}`);
    // oxlint-disable-next-line no-await-in-loop -- what is approved is written down before the next may fail
    asked = await api.post<Deployment>(`${path}/approval`);
  }
  for (const line of describeDeployment(asked)) out.line(line);
}

function refuseOtherWallet(
  { id, walletAddress }: Deployment,
  wallet: TradingSigner,
  { keyFile }: Options,
): void {
  if (wallet.address === walletAddress.toLowerCase()) return;
  throw new CliError(
    `${keyFile} is the key of ${wallet.address}, and deployment ${shortId(id)} trades for ${walletAddress}`,
  );
}

type TradingKey = Deployment['tradingKeys'][number];

function waitingKeys({ id, tradingKeys }: Deployment, { venue }: Options): TradingKey[] {
  const waiting = tradingKeys.filter(
    (key) => key.status === 'pending' && (venue === undefined || key.venue === venue),
  );
  if (waiting.length > 0) return waiting;
  const where = venue === undefined ? '' : ` at ${venue}`;
  throw new CliError(`no key of deployment ${shortId(id)}${where} waits for an approval`);
}

interface Approving {
  deployment: Deployment;
  wallet: TradingSigner;
  key: TradingKey;
  options: Options;
}

async function approveKey({ deployment, wallet, key, options }: Approving): Promise<void> {
  const venue = findApprovingVenue(key.venue, findSystem(process.env));
  if (venue.network === 'mainnet' && options.yesMain !== true) {
    throw new CliError(
      `${key.venue} is on its main network, with real money: approve ${key.address} with the wallet at the venue, ` +
        'or say --yes-main',
    );
  }
  const outcome = await venue.approve({
    wallet,
    keyAddress: key.address,
    keyName: keyNameOf(deployment.id),
    allowanceUsdc: options.allowUsdc,
    gasEth: options.gasEth,
  });
  if (outcome.kind !== 'confirmed')
    throw new CliError(`${key.venue} did not approve the key: ${outcome.text}`);
}

/** Reads an amount of a currency. */
function amountText(text: string): string {
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return text;
  throw new InvalidArgumentError('must be an amount such as 1000 or 0.01.');
}
