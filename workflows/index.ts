/** Every workflow type, by the name it is started under. */
export { billMonths } from './bill-months.ts';
export { classify } from './classify.ts';
export { deliverNotifications } from './deliver-notifications.ts';
export { evaluateMessages } from './evaluate-messages.ts';
export { generateSignals } from './generate-signals.ts';
export { holdCall } from './hold-call.ts';
export { hourlyMetrics } from './hourly-metrics.ts';
export { ingest } from './ingest.ts';
export { listenToSources } from './listen-to-sources.ts';
export { pollSources } from './poll-sources.ts';
export { reconcile } from './reconcile.ts';
export { scoreMarkets } from './score-markets.ts';
export { signalFanOut } from './signal-fan-out.ts';
export { checkVenues, refreshInstruments } from './venue-maintenance.ts';
export { priceWatch } from './price-watch.ts';
export { tradeLifecycle } from './trade-lifecycle.ts';
