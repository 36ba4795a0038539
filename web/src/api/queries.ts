import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Account } from '#api/schemas/account.ts';
import type { Agent } from '#api/schemas/agent.ts';
import type { AuditEntry } from '#api/schemas/audit.ts';
import type { ApiKey } from '#api/schemas/api-key.ts';
import type { Bill, statement } from '#api/schemas/bill.ts';
import type { Brake } from '#api/schemas/brake.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import type { Explanation } from '#api/schemas/explanation.ts';
import type { Readiness } from '#api/schemas/health.ts';
import type {
  AgentCardAnswer,
  Leaderboard,
  MetricDefinitions,
  Overview,
  Pnl,
} from '#api/schemas/performance.ts';
import type { PositionList, TradePrices } from '#api/schemas/position.ts';
import type { ReconcileReport } from '#api/schemas/reconcile.ts';
import type { Schedule } from '#api/schemas/schedule.ts';
import type { HeldCall, Signal, skippedSignal } from '#api/schemas/signal.ts';
import type { session, whoAmI } from '#api/schemas/session.ts';
import type { Source } from '#api/schemas/source.ts';
import type { Trade, TradeDetails } from '#api/schemas/trade.ts';
import type { Venue } from '#api/schemas/venue.ts';
import { get, getHealth, type Query } from './client.ts';

/** A page of a list, and where the next one begins. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export type SkippedSignal = z.output<typeof skippedSignal>;
export type Statement = z.output<typeof statement>;
export type WhoAmI = z.output<typeof whoAmI>;
export type Session = z.output<typeof session>;
export type LeaderboardWindow = Leaderboard['window'];

/**
 * What a query is about: an event about it makes the query read again. It is the first part of the query's key.
 */
export type Topic =
  | 'trades'
  | 'signals'
  | 'agents'
  | 'deployments'
  | 'bills'
  | 'sources'
  | 'brakes'
  | 'system'
  | 'accounts'
  | 'session';

const PAGE = 50;

/** A query for one answer. */
const one = <Answer>(topic: Topic, path: string, query: Query = {}) =>
  queryOptions({
    queryKey: [topic, path, query] as const,
    queryFn: ({ signal }) => get<Answer>(path, { query, signal }),
  });

/** A query for a list that goes on, page by page. */
const paged = <Item>(topic: Topic, path: string, query: Query = {}) =>
  infiniteQueryOptions({
    queryKey: [topic, path, 'pages', query] as const,
    queryFn: ({ signal, pageParam }) =>
      get<Page<Item>>(path, { query: { limit: PAGE, ...query, cursor: pageParam ?? undefined }, signal }),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the first page has no cursor
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const positionsQuery = () => one<PositionList>('trades', '/positions');
export const tradesQuery = (query: Query = {}) => paged<Trade>('trades', '/trades', query);
export const tradeQuery = (id: string) => one<TradeDetails>('trades', `/trades/${id}`);
export const tradePricesQuery = (id: string) => one<TradePrices>('trades', `/trades/${id}/prices`);
export const tradeAuditQuery = (id: string) =>
  one<Page<AuditEntry>>('trades', '/audit-log', { subject: `trade/${id}` });
export const explanationQuery = (id: string) => one<Explanation>('trades', `/explanations/${id}`);
export const signalsQuery = (query: Query = {}) => paged<Signal>('signals', '/signals', query);
export const skipsQuery = () => paged<SkippedSignal>('signals', '/skipped-signals');
export const heldCallsQuery = () => one<Page<HeldCall>>('signals', '/held-calls');
export const agentsQuery = () => one<Page<Agent>>('agents', '/agents', { limit: 100 });
export const agentQuery = (id: string) => one<Agent>('agents', `/agents/${id}`);
export const agentCardQuery = (id: string) => one<AgentCardAnswer>('agents', `/agents/${id}/card`);
export const leaderboardQuery = (window: LeaderboardWindow) =>
  one<Leaderboard>('agents', '/leaderboard', { window });
export const overviewQuery = () => one<Overview>('agents', '/metrics/overview');
export const definitionsQuery = () => one<MetricDefinitions>('system', '/metrics/definitions');
export const pnlQuery = (query: Query) => one<Pnl>('bills', '/metrics/pnl', query);
export const deploymentsQuery = () => one<Page<Deployment>>('deployments', '/deployments', { limit: 100 });
export const accountQuery = (id: string) => one<Account>('accounts', `/accounts/${id}`);
export const billsQuery = (query: Query = {}) => paged<Bill>('bills', '/bills', query);
export const statementQuery = (id: string, month: string) =>
  one<Statement>('bills', `/deployments/${id}/statements/${month}`);
export const sourcesQuery = () => one<Page<Source>>('sources', '/sources', { limit: 100 });
export const brakesQuery = () => one<Page<Brake>>('brakes', '/brakes', { inForce: 'true' });
export const venuesQuery = () => one<{ items: Venue[] }>('system', '/venues');
export const schedulesQuery = () => one<{ items: Schedule[] }>('system', '/schedules');
export const reconcileQuery = () => one<ReconcileReport>('system', '/reconcile', { limit: 20 });
export const readinessQuery = () =>
  queryOptions({
    queryKey: ['system', 'health'] as const,
    queryFn: ({ signal }) => getHealth<Readiness>(signal),
  });
export const auditQuery = () => paged<AuditEntry>('system', '/audit-log');
export const apiKeysQuery = () => one<Page<ApiKey>>('session', '/api-keys', { limit: 100 });
export const whoAmIQuery = () => one<WhoAmI>('session', '/session');
export const sessionsQuery = () => one<{ items: Session[] }>('session', '/sessions');
