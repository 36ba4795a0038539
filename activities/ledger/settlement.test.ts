import { expect, test } from 'vitest';
import { divideFills } from '#domain/divide-fills.ts';
import { fillsPnl } from '#domain/pnl.ts';
import { settlementText } from './settlement.ts';

test.each([
  ['0', '- 4.5 fees + 0 funding'],
  ['-0.000017', '- 4.5 fees - 0.000017 funding'],
  ['0.25', '- 4.5 fees + 0.25 funding'],
])('a settlement reads as a sum with funding of %s', (funding, terms) => {
  const bought = { price: '100', size: '1', feeUsd: '2' };
  const sold = { price: '105.5', size: '1', feeUsd: '2.5' };
  const pnl = fillsPnl('long', [bought], [sold], funding);
  const settlement = {
    exitPrice: sold.price,
    grossPnlUsd: pnl.grossUsd,
    feesUsd: pnl.feesUsd,
    fundingUsd: pnl.fundingUsd,
    netPnlUsd: pnl.netUsd,
    closedAt: 0,
    isProvisional: false,
    settledFills: 2,
    settledFunding: 0,
  };
  const result = { pnl, divided: divideFills('long', []), venueGrossUsd: null, settlement };
  expect(settlementText({ exitReason: 'stop_loss' }, result)).toBe(
    `Closed (stop_loss): net ${pnl.netUsd} USD = 5.5 gross ${terms}`,
  );
});
