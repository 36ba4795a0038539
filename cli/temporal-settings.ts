import { DEFAULT_NAMESPACE, temporalAccessOf } from '#config/env.ts';
import { readSecretFile } from '#config/secret-files.ts';
import { payloadKeyFile } from '#local/payload-key.ts';
import type { TemporalSettings } from '#temporal/connection.ts';
import type { LocalSystem } from './find-api.ts';

/** The Temporal server of a system, and where its address was found. */
export type FoundTemporal = TemporalSettings & { from: string };

/** Finds the Temporal server of the environment, else of the run, with the keys of what it stores; null for none. */
export function findTemporal({ environment, run, stateDir }: LocalSystem): FoundTemporal | null {
  const given = environment.TEMPORAL_ADDRESS;
  const address = given ?? run?.temporalAddress;
  if (address === undefined) return null;
  const kept = environment.SIGNALMAN_PAYLOAD_KEY ?? readSecretFile(payloadKeyFile(stateDir)) ?? undefined;
  return {
    address,
    namespace: environment.TEMPORAL_NAMESPACE ?? run?.temporalNamespace ?? DEFAULT_NAMESPACE,
    ...temporalAccessOf({ ...environment, SIGNALMAN_PAYLOAD_KEY: kept }),
    from: given === undefined ? `${stateDir}/run.json` : 'TEMPORAL_ADDRESS',
  };
}
