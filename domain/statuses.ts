/** An agent or deployment: active ones take new trades, archived ones are kept for their history. */
export const LIFE_STATUSES = ['active', 'paused', 'archived'] as const;
export type LifeStatus = (typeof LIFE_STATUSES)[number];

/** A trading key: whether the wallet's owner has let it trade at the venue. */
export const KEY_STATUSES = ['pending', 'approved', 'revoked'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** Where messages come from. */
export const SOURCE_KINDS = ['file', 'x', 'rss', 'telegram', 'webhook', 'tradingview', 'manual'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** State of a venue at its last check: `degraded` answers, but not as it should. */
export const VENUE_HEALTHS = ['up', 'degraded', 'down'] as const;
export type VenueHealth = (typeof VENUE_HEALTHS)[number];

/** Whether the price watcher looks after a trade, and whether it may act. */
export const WATCH_STATUSES = ['armed', 'paused', 'fired', 'disarmed'] as const;
export type WatchStatus = (typeof WATCH_STATUSES)[number];

/** The price by which a venue triggers, and by which its trades are watched. */
export const PRICE_KINDS = ['mark', 'mid'] as const;
export type PriceKind = (typeof PRICE_KINDS)[number];

/** The ways in which people are told of events. */
export const CHANNEL_KINDS = ['telegram', 'discord', 'slack', 'webhook', 'email'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];
