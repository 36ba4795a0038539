import { expect, test } from 'vitest';
import { createPatientMessenger } from './patient-messenger.ts';

const trade = { signalId: 'signal', deploymentId: 'deployment' };

/** A way to the workflows that is cut until `mend` is called. */
function cutLine() {
  const heard: string[] = [];
  let isCut = true;
  const say = async (what: string) => {
    if (isCut) throw new Error('no way through');
    heard.push(what);
  };
  const line = { exitStarted: (_: unknown, reason: string) => say(reason), fillsBooked: () => say('fills') };
  return { line, heard, mend: () => (isCut = false) };
}

test('what could not be said is said once there is a way, and only once', async () => {
  const { line, heard, mend } = cutLine();
  const failures: unknown[] = [];
  const messenger = createPatientMessenger(line, (error) => failures.push(error));
  await messenger.exitStarted(trade, 'stop_loss');
  await messenger.fillsBooked(trade);
  await messenger.fillsBooked(trade);
  await messenger.deliverOwed();
  expect(heard).toEqual([]);
  mend();
  await messenger.deliverOwed();
  await messenger.deliverOwed();
  expect(heard).toEqual(['stop_loss', 'fills']);
  expect(failures).toHaveLength(5);
});

test('where there is a way nothing is owed', async () => {
  const { line, heard, mend } = cutLine();
  mend();
  const messenger = createPatientMessenger(line, () => expect.unreachable());
  await messenger.exitStarted(trade, 'trailing_stop');
  await messenger.deliverOwed();
  expect(heard).toEqual(['trailing_stop']);
});
