import { Amount, amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import type { Database } from '#prisma/client.ts';
import type { SandboxState } from '#sandbox/hyperliquid/control.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { FUND_USDC, type CastMember } from './cast.ts';
import { readSandbox } from './sandbox-client.ts';

/** What the sandbox says of an account, against what our books say. Amounts in USD. */
export interface AccountCheck {
  agent: string;
  account: string;
  deposited: DecimalString;
  /** Closed profit less fees plus funding, from the booked fills. */
  booked: DecimalString;
  expected: DecimalString;
  /** The sandbox's account value, without the unrealised profit of positions that are still open. */
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

/** Compares every account of the run to the cent; what differs is looked at again for a few seconds. */
export async function checkLedger(
  db: Database,
  sandboxUrl: string,
  members: readonly CastMember[],
): Promise<LedgerCheck> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const state = await readSandbox(sandboxUrl);
      const accounts = await Promise.all(members.map((member) => checkAccount(db, state, member)));
      const matched = accounts.every((account) => account.matched);
      if (matched || attempt === ATTEMPTS) return { matched, accounts };
    } catch (error) {
      // The sandbox may be being started again.
      if (attempt === ATTEMPTS) throw error;
    }
    await sleep(RETRY_MS);
  }
}

async function checkAccount(db: Database, state: SandboxState, member: CastMember): Promise<AccountCheck> {
  const { agentName, walletAddress } = member;
  const found = state.accounts.find(({ address }) => address === walletAddress.toLowerCase());
  const venue = found ? amount(found.accountValue).sub(found.unrealisedPnl) : new Amount(0);
  const booked = await bookedUsd(db, member);
  const expected = booked.add(FUND_USDC);
  const difference = venue.sub(expected);
  return {
    agent: agentName,
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
async function bookedUsd(db: Database, { deploymentId }: CastMember): Promise<Amount> {
  const trades = await db.trade.findMany({
    where: { deploymentId },
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
