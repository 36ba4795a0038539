// The shape in which the stand-in answers: the one that Signalman asks a model for. A test compares the two.

/** A price or percent, and the words of the post it was read from. */
export interface WireLevel {
  value: string;
  unit: 'price' | 'percent';
  quote: string;
}

/** A trade, each part with the words of the post it was read from. */
export interface WireIdea {
  symbol: string;
  symbolQuote: string;
  side: 'long' | 'short';
  sideQuote: string;
  entry: WireLevel | null;
  stop: WireLevel | null;
  targets: WireLevel[];
  leverage: { value: string; quote: string } | null;
  confidence: number;
}

export interface WireAnswer {
  reasons: string[];
  label: 'call' | 'opinion' | 'noise';
  kind: string;
  ideas: WireIdea[];
}
