import { expect, it } from 'vitest';
import { TRADER, openDesk } from '../testing.ts';

it('tells an account that it has nothing of what is not here', async () => {
  const desk = await openDesk();
  const user = { user: TRADER };
  expect(await desk.info.userVaultEquities(user)).toEqual([]);
  expect(await desk.info.userTwapSliceFills(user)).toEqual([]);
  expect(await desk.info.userToMultiSigSigners(user)).toBeNull();
  expect(await desk.info.delegations(user)).toEqual([]);
  expect(await desk.info.delegatorRewards(user)).toEqual([]);
  expect(await desk.info.delegatorHistory(user)).toEqual([]);
  expect(await desk.info.delegatorSummary(user)).toMatchObject({ delegated: '0.0', nPendingWithdrawals: 0 });
  await desk.close();
});
