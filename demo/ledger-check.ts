import { Amount, amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { FUND_USDC, type DemoAgent } from './agents.ts';
import type { OstiumSandboxAddresses } from '#local/roles/ostium-sandbox-ready.ts';
import { readOstium } from '#local/ostium.ts';
import { readSandbox } from './sandbox-client.ts';
import type { DemoSystem } from '#local/demo-system.ts';
import type { SandboxState } from '#sandbox/hyperliquid/control/state.ts';

/** What the sandbox says of an account, against what our books say. Amounts in USD. */
export interface AccountCheck {
  agent: string;
  /** Whose sandbox. */
  at: VenueName;
  account: string;
  deposited: DecimalString;
  /** Closed profit less fees plus funding, from the booked fills. */
  booked: DecimalString;
  expected: DecimalString;
  /** What the sandbox says the account is worth, without the unrealised profit of positions that are still open. */
  venue: DecimalString;
  difference: DecimalString;
  matched: boolean;
}

export interface LedgerCheck {
  matched: boolean;
  accounts: AccountCheck[];
}

const HALF_A_CENT = '0.005';
/** A fill may be on its way from the venue to the books. */
const ATTEMPTS = 20;
const RETRY_MS = 250;

/** What an account is worth at each venue of a run, by wallet. */
type Worth = (walletAddress: string) => Promise<Amount>;

/** Compares every account of the run to the cent; what differs is looked at again for a few seconds. */
export async function checkLedger(
  system: Pick<DemoSystem, 'db' | 'sandboxUrl' | 'ostium'>,
  members: readonly DemoAgent[],
): Promise<LedgerCheck> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const accounts = await lookOnce(system, members);
      const matched = accounts.every((account) => account.matched);
      if (matched || attempt === ATTEMPTS) return { matched, accounts };
    } catch (error) {
      // A sandbox may be being started again.
      if (attempt === ATTEMPTS) throw error;
    }
    await delay(RETRY_MS);
  }
}

async function lookOnce(
  { db, sandboxUrl, ostium }: Pick<DemoSystem, 'db' | 'sandboxUrl' | 'ostium'>,
  members: readonly DemoAgent[],
): Promise<AccountCheck[]> {
  const state = await readSandbox(sandboxUrl);
  const venues: [VenueName, Worth][] = [['hyperliquid', async (wallet) => worthAtHyperliquid(state, wallet)]];
  if (ostium) venues.push(['ostium', worthAtOstium(ostium)]);
  return Promise.all(
    members.flatMap((member) => venues.map(([at, worth]) => checkAccount(db, member, at, worth))),
  );
}

function worthAtHyperliquid(state: SandboxState, wallet: string): Amount {
  const found = state.accounts.find(({ address }) => address === wallet.toLowerCase());
  return found ? amount(found.accountValue).sub(found.unrealisedPnl) : new Amount(0);
}

/** The wallet's USDC with the collateral of trades that are still open. */
function worthAtOstium(addresses: OstiumSandboxAddresses): Worth {
  const venue = readOstium(addresses);
  return async (wallet) => {
    const account = await venue.accounts.account(asId<AccountId>(wallet.toLowerCase()));
    const collateral = account.positions.map(({ size, entryPrice, leverage }) =>
      amount(size).abs().mul(entryPrice).div(leverage),
    );
    return sum([account.freeMarginUsd, ...collateral]);
  };
}

async function checkAccount(
  db: Database,
  member: DemoAgent,
  at: VenueName,
  worth: Worth,
): Promise<AccountCheck> {
  const { agentName, walletAddress } = member;
  const venue = await worth(walletAddress);
  const booked = await bookedUsd(db, member, at);
  const expected = booked.add(FUND_USDC);
  const difference = venue.sub(expected);
  return {
    agent: agentName,
    at,
    account: walletAddress,
    deposited: FUND_USDC,
    booked: decimalString(booked),
    expected: decimalString(expected),
    venue: decimalString(venue),
    difference: decimalString(difference),
    matched: difference.abs().lt(HALF_A_CENT),
  };
}

/** Settled trades count with the net profit they were billed by; of the others what their fills say so far. */
async function bookedUsd(db: Database, { deploymentId }: DemoAgent, venue: VenueName): Promise<Amount> {
  const trades = await db.trade.findMany({
    where: { deploymentId, venue },
    select: {
      netPnlUsd: true,
      fills: { select: { closedPnlUsd: true, feeUsd: true } },
      funding: { select: { amountUsd: true } },
    },
  });
  return sum(
    trades.map(({ netPnlUsd, fills, funding }) =>
      netPnlUsd === null
        ? sum([
            ...fills.map((fill) => amount(fill.closedPnlUsd.toFixed()).sub(fill.feeUsd.toFixed())),
            ...funding.map((paid) => amount(paid.amountUsd.toFixed())),
          ])
        : amount(netPnlUsd.toFixed()),
    ),
  );
}
