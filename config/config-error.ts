export interface ConfigProblem {
  variable: string;
  problem: string;
}

/** The environment cannot be used; the message has one line per variable and never a value. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly code = 'config_invalid';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, problem }) => `  ${variable} ${problem}`);
    super(`the configuration cannot be used:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
