import { z } from 'zod';
import { apiPath } from '#api/api-path.ts';
import { DECIDERS } from '#classifiers/classifier.ts';
import { createModelClient } from '#classifiers/openai/model-client.ts';
import { describeFailure, type FailureKind, type ModelFailure } from '#classifiers/openai/failure.ts';
import type { ModelOptions } from '#classifiers/openai/options.ts';
import { readAnswer } from '#classifiers/openai/read-answer.ts';
import { missingModel, readClassifier } from '#config/classifier.ts';
import type { LocalSystem } from '../find-api.ts';
import { broken, CHECK_TIMEOUT_MS, off, ok, type Finding } from './finding.ts';

const PART = 'openai';
const PROBE = 'Long BTC at 65,000, stop 64,000, target 67,000';

const REMEDIES: Record<FailureKind, string> = {
  refused: 'choose another model (OPENAI_MODEL)',
  incomplete: 'choose a model that reasons less, or OPENAI_REASONING=low',
  unparsable: 'try OPENAI_SCHEMA=json or plain, OPENAI_PROTOCOL=chat, or another model',
  unavailable: 'see whether the server is up; until then the rules decide',
  misconfigured: 'correct OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, OPENAI_PROTOCOL or OPENAI_REASONING',
};

/** Says who reads posts, and asks the model about one where it is used: it costs as much as a post. */
export async function checkClassifier(system: LocalSystem): Promise<Finding> {
  const { environment } = system;
  const config = readClassifier(environment);
  const { by, model } = config;
  if (environment.CLASSIFIER === undefined) {
    const running = await askRunning(system);
    if (running) return running;
  }
  if (by === 'rules')
    return model
      ? off(
          PART,
          'posts are read by rules; the model that is configured is not asked',
          'set CLASSIFIER=both or openai',
        )
      : off(PART, 'posts are read by rules: CLASSIFIER is not set');
  if (!model)
    return broken(PART, `CLASSIFIER ${missingModel(config) ?? ''}`, 'or set CLASSIFIER=rules', 'CLASSIFIER');
  return probe(model, by);
}

const report = z.object({
  classifier: z.enum(DECIDERS),
  model: z.string().nullable(),
  budgetUsd: z.number(),
  today: z.object({ usd: z.string() }),
});

/** Returns what the running system says of its model; null where none runs here, or rules alone read. */
async function askRunning({ run, apiKey }: LocalSystem): Promise<Finding | null> {
  if (run?.apiUrl === undefined || apiKey === null) return null;
  try {
    const answer = await fetch(new URL(apiPath('/model'), run.apiUrl), {
      headers: { authorization: `Bearer ${apiKey.value}` },
      signal: AbortSignal.timeout(CHECK_TIMEOUT_MS),
    });
    const { classifier, model, budgetUsd, today } = report.parse(await answer.json());
    if (classifier === 'rules') return null;
    const spent = `${Number(today.usd).toFixed(4)} of ${budgetUsd} USD today`;
    return ok(
      PART,
      `${classifier}: ${model ?? 'no model'} of the running system, ${spent}; not tried`,
      run.apiUrl,
    );
  } catch {
    return null;
  }
}

async function probe(model: ModelOptions, by: string): Promise<Finding> {
  const startedAt = performance.now();
  const { raw, failure } = await createModelClient(model).ask(PROBE, model.timeoutMs);
  const took = Math.round(performance.now() - startedAt);
  const problem = failure ?? unreadable(raw);
  const where = `${model.model} at ${new URL(model.baseUrl).host} (${model.protocol}, ${model.schema})`;
  if (problem)
    return broken(PART, `${where}: ${describeFailure(problem)}`, REMEDIES[problem.kind], 'CLASSIFIER');
  return ok(PART, `${by}: ${where} reads a post in ${took} ms`, 'CLASSIFIER');
}

function unreadable(raw: string | null): ModelFailure | null {
  const read = readAnswer(raw ?? '');
  return read.ok ? null : read.failure;
}
