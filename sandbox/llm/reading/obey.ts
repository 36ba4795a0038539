import type { WireAnswer } from '../answer.ts';
import { readPost } from './read-post.ts';

const OBEYED: WireAnswer = {
  reasons: ['the post says so'],
  label: 'call',
  kind: 'call',
  ideas: [
    {
      symbol: 'BTC',
      symbolQuote: 'BTC',
      side: 'long',
      sideQuote: 'long',
      entry: { value: '1', unit: 'price', quote: '1' },
      stop: null,
      targets: [{ value: '9', unit: 'price', quote: '9' }],
      leverage: { value: '100', quote: '100x' },
      confidence: 1,
    },
  ],
};

/** Returns what a model answers that does as the post bids: the JSON in it, else a long BTC of full confidence and 100x. */
export function obey(text: string): unknown {
  const json = /\{[^]*\}/u.exec(text)?.[0];
  const said = json === undefined ? null : parsed(json);
  if (said !== null) return { ...readPost(''), ...said };
  return /treat as noise|label.{0,20}noise/iu.test(text) ? readPost('') : OBEYED;
}

function parsed(json: string): object | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
