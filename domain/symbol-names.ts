import type { Symbol } from './ids.ts';

export const CURRENCIES: readonly string[] =
  'EUR GBP JPY CHF CAD AUD NZD MXN SEK NOK SGD HKD CNH ZAR TRY BRL INR KRW'.split(' ');
export const FIAT: readonly string[] = ['USD', ...CURRENCIES];
export const FIAT_LENGTH = 3;

/** Quote names that mean the US dollar. */
export const DOLLARS: readonly string[] = ['USD', 'USDT', 'USDC', 'USDE', 'USDH'];

/** Quoted per thousand where the single unit has too small a price; the `k` belongs to the name. */
export const THOUSANDS: readonly string[] = ['PEPE', 'SHIB', 'BONK', 'FLOKI', 'LUNC', 'DOGS', 'NEIRO'];

/** Other names for the same thing. */
export const ALIASES: Readonly<Record<string, Symbol>> = {
  XBT: 'BTC',
  GOLD: 'XAU',
  SILVER: 'XAG',
  PLATINUM: 'XPT',
  PALLADIUM: 'XPD',
  COPPER: 'HG',
  WTI: 'CL',
  SP500: 'SPX500',
  US500: 'SPX500',
  US30: 'DJI',
  DJ30: 'DJI',
  DOW: 'DJI',
  NAS100: 'NDX',
  US100: 'NDX',
  USTEC: 'NDX',
  GER40: 'DAX',
  GER30: 'DAX',
  DE40: 'DAX',
  UK100: 'FTSE',
  JP225: 'NIK',
  HK50: 'HSI',
  USOIL: 'CL',
  UKOIL: 'BRENT',
  SPX6900: 'SPX',
};

/** Coins that share their name with an index, and what the index is called here. */
export const HOMONYMS: Readonly<Record<Symbol, Symbol>> = { SPX: 'SPX500' };
