import { Option, type Command } from 'commander';
import { DECIDERS, type Classifier, type Decider } from '#classifiers/classifier.ts';
import { createModelClassifier, modelVersion } from '#classifiers/openai/classifier.ts';
import { createModelClient } from '#classifiers/openai/model-client.ts';
import { recordedClient, recordedModel } from '#classifiers/openai/recorded.ts';
import { createRulesClassifier } from '#classifiers/rules/classifier.ts';
import { missingModel, readClassifier, type ClassifierConfig } from '#config/classifier.ts';
import { readEnvironment } from '#config/env.ts';
import { CliError } from './cli-error.ts';

/** Which classifier a command asks. */
export interface ClassifierChoice {
  classifier: Decider;
  recorded?: string;
}

/** Adds the options that choose a classifier. */
export const addClassifierOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--classifier <who>', 'who reads: the rules, a language model, or both')
        .choices(DECIDERS)
        .default('rules'),
    )
    .option(
      '--recorded <file>',
      "a model's answers: those in the file are taken from it, others are asked for and added",
    );

/** A classifier, and how many messages it may be given at once. */
export interface ChosenClassifier {
  classifier: Classifier;
  atOnce: number;
}

/** Opens the classifier that a person chose. Throws {@link CliError} where it needs a model and none is configured. */
export function openClassifier(
  { classifier: by, recorded }: ClassifierChoice,
  env: NodeJS.ProcessEnv,
): ChosenClassifier {
  const config = { ...readClassifier(readEnvironment(env)), by };
  const { atOnce } = config.concurrency;
  if (by === 'rules') return { classifier: createRulesClassifier(), atOnce };
  const model = modelOf(config, recorded);
  const version = modelVersion(model.model);
  const live = config.model ? createModelClient(config.model) : null;
  const client = recorded === undefined ? live : recordedClient(recorded, version, live);
  return { classifier: createModelClassifier({ mode: by, model, ...(client && { client }) }), atOnce };
}

/** The configured model; else that of the recorded answers, which nobody is asked for again. */
function modelOf(
  config: ClassifierConfig,
  recorded: string | undefined,
): NonNullable<ClassifierConfig['model']> {
  if (config.model) return config.model;
  const name = recorded === undefined ? null : recordedModel(recorded);
  if (name === null) throw new CliError(`--classifier ${missingModel(config) ?? ''}`, 2);
  return {
    apiKey: 'none',
    baseUrl: 'http://127.0.0.1/v1',
    model: name,
    protocol: 'responses',
    schema: 'strict',
    timeoutMs: 1_000,
    maxOutputTokens: 1,
    prices: { input: 0, output: 0 },
  };
}
