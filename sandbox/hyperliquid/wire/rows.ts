/** A fill exactly as `userFills` lists it. */
export interface WireFill {
  coin: string;
  px: string;
  sz: string;
  side: 'B' | 'A';
  time: number;
  startPosition: string;
  dir: string;
  closedPnl: string;
  hash: string;
  oid: number;
  crossed: boolean;
  fee: string;
  builderFee?: string;
  tid: number;
  feeToken: 'USDC';
  cloid?: string;
  liquidation?: { liquidatedUser: string; markPx: string; method: 'market' | 'backstop' };
  twapId: null;
}

export interface WireFunding {
  time: number;
  hash: string;
  delta: { type: 'funding'; coin: string; usdc: string; szi: string; fundingRate: string; nSamples: null };
}

/** USDC moved without trade or funding, or a liquidation, exactly as `userNonFundingLedgerUpdates` lists it. */
export interface WireLedgerEntry {
  time: number;
  hash: string;
  delta:
    | { type: 'deposit'; usdc: string }
    | { type: 'withdraw'; usdc: string; nonce: number; fee: string }
    | { type: 'internalTransfer'; usdc: string; user: string; destination: string; fee: string }
    | { type: 'subAccountTransfer'; usdc: string; user: string; destination: string }
    | { type: 'accountClassTransfer'; usdc: string; toPerp: boolean }
    | {
        type: 'liquidation';
        liquidatedNtlPos: string;
        accountValue: string;
        leverageType: 'Cross' | 'Isolated';
        liquidatedPositions: { coin: string; szi: string }[];
      };
}
