import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const DEVELOPMENT_CONFIG = fileURLToPath(new URL('dynamicconfig/development.yaml', import.meta.url));

export interface DynamicConfigValue {
  readonly key: string;
  /** JSON, as written. */
  readonly value: string;
}

/**
 * Reads a dynamic configuration of Temporal's own format, limited to one unconstrained value per key: that much can
 * also be given to a development server on its command line.
 *
 * @throws {SyntaxError} with the line that says more than that.
 */
export function parseDynamicConfig(yaml: string): DynamicConfigValue[] {
  const values: DynamicConfigValue[] = [];
  let key: string | undefined;
  for (const [index, line] of yaml.split('\n').entries()) {
    const text = line.replace(/\s*#.*$/, '').trimEnd();
    if (text === '') continue;
    const newKey = /^([A-Za-z][\w.-]*):$/.exec(text)?.[1];
    const value = /^\s+- value: (\S+)$/.exec(text)?.[1];
    if (newKey !== undefined && key === undefined) key = newKey;
    else if (value !== undefined && key !== undefined) {
      values.push({ key, value });
      key = undefined;
    } else
      throw new SyntaxError(
        `dynamic configuration, line ${index + 1}: cannot be passed on as a flag: ${line}`,
      );
  }
  if (key !== undefined) throw new SyntaxError(`dynamic configuration: ${key} has no value`);
  return values;
}

/** The flags of `temporal server start-dev` that carry the development configuration. */
export function dynamicConfigFlags(file: string = DEVELOPMENT_CONFIG): string[] {
  return parseDynamicConfig(readFileSync(file, 'utf8')).flatMap(({ key, value }) => [
    '--dynamic-config-value',
    `${key}=${value}`,
  ]);
}
