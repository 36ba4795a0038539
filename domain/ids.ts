/**
 * Ids are branded so that a `SignalId` can never stand where a `TradeId` is meant.
 * They are plain strings at run time and on every wire.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AgentId = Branded<'AgentId'>;
export type DeploymentId = Branded<'DeploymentId'>;
export type SourceMessageId = Branded<'SourceMessageId'>;
export type SignalId = Branded<'SignalId'>;
export type TradeId = Branded<'TradeId'>;
/** The id that we give an order, in the venue's format (Hyperliquid: `0x` and 32 hex digits). */
export type ClientOrderId = Branded<'ClientOrderId'>;
/** The id a venue gives an order. Scoped by venue and account: numbers can start over. */
export type VenueOrderId = Branded<'VenueOrderId'>;
/** A venue's account: for wallets the lower-case `0x` address that owns the funds. */
export type AccountId = Branded<'AccountId'>;

/** Marks a string that comes from a trusted place (our own rows, our own derivations) as an id. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion -- the one place where a string becomes an id
export const asId = <Id extends string>(value: string): Id => value as Id;
/** Marks a string or null from a trusted place as an id or null. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
export const asIdOrNull = <Id extends string>(value: string | null): Id | null =>
  value === null ? null : asId<Id>(value);

export const VENUES = ['hyperliquid', 'ostium'] as const;
export type VenueName = (typeof VENUES)[number];

/** Canonical symbol of what is traded, the same on every venue: `BTC`, `EUR-USD`, `xyz:TSLA`. */
export type Symbol = string;

export const SIDES = ['long', 'short'] as const;
/** The direction of a position. Orders are bought or sold; positions are long or short. */
export type Side = (typeof SIDES)[number];

export const opposite = (side: Side): Side => (side === 'long' ? 'short' : 'long');
/** +1 for long, -1 for short: multiplies price differences into profit. */
export const direction = (side: Side): 1 | -1 => (side === 'long' ? 1 : -1);
