import type { Account, Agent } from '../accounts/account.ts';
import { Amount } from '../wire/amounts.ts';
import { RequestRefused } from '../wire/refusals.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asAddress } from '../wire/fields.ts';
import type { Authorised } from './authorise.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';

const DAY_MS = 86_400_000;
const DEFAULT_VALIDITY_MS = 90 * DAY_MS;
const MAX_VALIDITY_MS = 180 * DAY_MS;
const MAX_NAME_LENGTH = 16;
const MAX_NAMED_AGENTS = 3;
const MAX_BUILDERS = 10;

/** `approveAgent`: lets a key trade for the account. An earlier agent with this name is removed. */
export function approveAgent(exchange: Exchange, { request, account }: Authorised): object {
  const nowMs = Date.now();
  const agent = parseAgent(request.action, nowMs);
  if (exchange.account(agent.address) || exchange.ownerByAgent.has(agent.address))
    throw new RequestRefused(VENUE_TEXT.agentAddressTaken);
  const kept = account.agents.filter(({ name, validUntil }) => name !== agent.name && validUntil > nowMs);
  const named = kept.filter(({ name }) => name !== '').length;
  if (agent.name !== '' && named >= MAX_NAMED_AGENTS) throw new RequestRefused(VENUE_TEXT.tooManyAgents);
  for (const { address } of account.agents.filter((each) => !kept.includes(each))) {
    exchange.nonces.prune(address);
    account.formerAgents.push(address);
  }
  account.agents = [...kept, agent];
  exchange.ownerByAgent.set(agent.address, account.address);
  exchange.touch(account);
  return { type: 'default' };
}

/** Reads an agent. Its name may end in ` valid_until <epoch ms>`, else the approval lasts 90 days. */
function parseAgent({ agentAddress, agentName }: Record<string, unknown>, nowMs: number): Agent {
  const [, name = '', until] =
    /^(.*?)(?:\s?valid_until (\d+))?$/.exec(typeof agentName === 'string' ? agentName : '') ?? [];
  const validUntil = until === undefined ? nowMs + DEFAULT_VALIDITY_MS : Number(until);
  if (name.length > MAX_NAME_LENGTH) throw new RequestRefused(VENUE_TEXT.agentNameTooLong);
  if (validUntil > nowMs + MAX_VALIDITY_MS) throw new RequestRefused(VENUE_TEXT.agentExpiryTooFar);
  return { address: asAddress(agentAddress), name, validUntil };
}

/** `approveBuilderFee`: sets the highest fee that a builder may charge on the account's orders, a text such as `0.1%`. */
export function approveBuilderFee(exchange: Exchange, { request, account }: Authorised): object {
  const { maxFeeRate, builder } = request.action;
  const rate = /^(\d+(?:\.\d+)?)%$/.exec(String(maxFeeRate))?.[1];
  if (rate === undefined || typeof builder !== 'string') throw new RequestRefused(VENUE_TEXT.invalidFeeRate);
  setBuilderFee(account, builder.toLowerCase(), new Amount(rate).mul(1_000).toNumber());
  exchange.touch(account);
  return { type: 'default' };
}

function setBuilderFee(account: Account, builder: string, tenthsOfBps: number): void {
  if (tenthsOfBps > 1_000) throw new RequestRefused(VENUE_TEXT.invalidFeeRate);
  const isNew = !account.builderFees.has(builder);
  if (isNew && account.builderFees.size >= MAX_BUILDERS) throw new RequestRefused(VENUE_TEXT.tooManyBuilders);
  account.builderFees.set(builder, tenthsOfBps);
}

/** `userSetAbstraction`: records how balances are held. It changes nothing else: margin stays per account. */
export function userSetAbstraction(exchange: Exchange, { request, account }: Authorised): object {
  account.abstraction = String(request.action['abstraction']);
  exchange.touch(account);
  return { type: 'default' };
}
