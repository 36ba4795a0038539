import { expect, test } from 'vitest';
import type { ApiClient } from '#api/client.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import { requireSelection, selectDeployments, type Selection } from './select.ts';

const of = (id: string, agentName: string, status: Deployment['status'] = 'active'): Deployment => ({
  id: `01936f0e-5f1a-7c3e-9b1d-${id}`,
  agentId: id,
  agentName,
  walletAddress: `0x${id.padEnd(40, '0')}`,
  status,
  maxLeverage: 1,
  maxNotionalUsd: '1',
  maxOpenPositions: 1,
  entryLimits: {},
  sizeModel: null,
  trialEndsAt: 0,
  isBilled: true,
  tradingKeys: [],
  createdAt: 0,
});
const FLEET = [
  of('aaaaaa000001', 'swing'),
  of('bbbbbb000002', 'swing', 'paused'),
  of('cccccc000003', 'old', 'archived'),
];
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- lists are all that a selection asks for
const api = { list: () => Promise.resolve(FLEET.toReversed()) } as unknown as ApiClient;
const select = async (names: string[], selection = {}) =>
  (await selectDeployments(api, names, selection)).map(({ agentId }) => agentId);

test('deployments are named by the end of the id, the agent or the wallet, and selected by a query', async () => {
  expect(await select([])).toEqual(['aaaaaa000001', 'bbbbbb000002']);
  expect(await select(['000002'])).toEqual(['bbbbbb000002']);
  expect(await select(['swing'], { status: 'paused' })).toEqual(['bbbbbb000002']);
  expect(await select([`0xAAAAAA000001${'0'.repeat(28)}`])).toEqual(['aaaaaa000001']);
  await expect(select(['nobody'])).rejects.toThrow('no deployment, agent or wallet is called nobody');
  await expect(select(['02'])).rejects.toThrow('is called 02');
  await expect(select([], { agent: 'swin' })).rejects.toThrow('no deployment is like that');
});

test('what changes something wants to hear which deployments are meant, whatever else is said', () => {
  const rest = { wait: 60, yes: true, note: 'why' };
  const other = Object.assign<Selection, object>({}, rest);
  expect(() => requireSelection([], other)).toThrow('name deployments, or say --all');
  expect(() => requireSelection([], { ...other, all: true })).not.toThrow();
  expect(() => requireSelection([], { ...other, agent: 'swing' })).not.toThrow();
  expect(() => requireSelection(['swing'], other)).not.toThrow();
  expect(() => requireSelection(['swing'], { ...other, all: true })).toThrow('--all goes with no name');
});
