import type { NotificationActivities } from '../contract.ts';
import { deliverNext, type DeliveryDeps } from './deliver-next.ts';

/** Activities that tell people. They run on a queue of their own, so that a channel that hangs keeps nothing waiting. */
export const createNotificationActivities = (deps: DeliveryDeps): NotificationActivities => ({
  deliverNotification: ({ channelId }) => deliverNext(deps, channelId),
});
