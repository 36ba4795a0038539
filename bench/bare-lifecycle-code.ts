import { proxyLocalActivities, sleep } from '@temporalio/workflow';

const { enter, arm } = proxyLocalActivities<{ enter(): Promise<void>; arm(): Promise<void> }>({
  startToCloseTimeout: '10s',
});

/** As many steps as a trade takes until it is on watch, with nothing in them; then it sleeps as a trade does. */
export async function bareLifecycle(): Promise<void> {
  await enter();
  await arm();
  await sleep('6 hours');
}
