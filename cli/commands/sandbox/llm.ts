import { Command } from 'commander';
import { recordedAnswers } from '#classifiers/openai/recorded.ts';
import { FAULT_KINDS } from '#sandbox/llm/faults.ts';
import { startLlmSandbox, type LlmSandbox, type LlmSandboxOptions } from '#sandbox/llm/server.ts';
import { parseLlmFault } from './llm-fault-spec.ts';
import { BAD_INPUT, collect, readFault, readList, readNumber, type Options } from './options.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `signalman sandbox llm`: the endpoints of a language model on a port of this machine, until interrupted. */
export const llmCommand = (): Command =>
  new Command('llm')
    .description('run a local stand-in for a language model until interrupted: simple rules, no model')
    .option('--port <port>', 'port to listen on; 0 takes a free one', '0')
    .option('--latency <ms>', 'time before each answer', '0')
    .option('--key <key>', 'refuse requests with another API key')
    .option('--answers <file>', 'recorded answers, which go before the rules')
    .option(
      '--fault <spec>',
      `arm a fault, such as late=2000:count=3; one of ${FAULT_KINDS.join(', ')}`,
      collect,
      [],
    )
    .option('--json', 'print one line of JSON when ready')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : BAD_INPUT);
    })
    .action(run);

async function run(options: Options): Promise<void> {
  try {
    const faults = readList(options, 'fault').map((spec) => readFault(spec, parseLlmFault));
    const sandbox = await startLlmSandbox(readOptions(options));
    for (const fault of faults) sandbox.control({ type: 'fault', fault });
    process.stdout.write(`${options['json'] === true ? asJson(sandbox) : asText(sandbox, faults.length)}\n`);
    await untilInterrupted();
    await sandbox.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = BAD_INPUT;
  }
}

function readOptions(options: Options): LlmSandboxOptions {
  const { key, answers } = options;
  return {
    port: readNumber(options, 'port', 0, 65_535),
    latencyMs: readNumber(options, 'latency', 0, 3_600_000),
    ...(typeof key === 'string' && { key }),
    ...(typeof answers === 'string' && { answers: recordedAnswers(answers) }),
  };
}

const asJson = ({ baseUrl }: LlmSandbox): string => JSON.stringify({ baseUrl, pid: process.pid });

const asText = ({ baseUrl }: LlmSandbox, faults: number): string =>
  [
    `stand-in for a language model at ${baseUrl}`,
    `  OPENAI_BASE_URL=${baseUrl} OPENAI_MODEL=stand-in OPENAI_PRICES=0,0`,
    `  control ${new URL('/control', baseUrl).href}`,
    ...(faults > 0 ? [`  faults armed: ${faults}`] : []),
  ].join('\n');
