import { expect, it } from 'vitest';
import { TRADER, openTrader } from '../testing.ts';

it('tells an account that it has nothing of what is not here', async () => {
  const trader = await openTrader();
  const user = { user: TRADER };
  expect(await trader.info.userVaultEquities(user)).toEqual([]);
  expect(await trader.info.userTwapSliceFills(user)).toEqual([]);
  expect(await trader.info.userToMultiSigSigners(user)).toBeNull();
  expect(await trader.info.delegations(user)).toEqual([]);
  expect(await trader.info.delegatorRewards(user)).toEqual([]);
  expect(await trader.info.delegatorHistory(user)).toEqual([]);
  expect(await trader.info.delegatorSummary(user)).toMatchObject({
    delegated: '0.0',
    nPendingWithdrawals: 0,
  });
  await trader.close();
});
