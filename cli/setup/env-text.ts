/** The text of an env file with these variables set; its other lines stay as they are. */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const kept = text.split('\n').filter((line) => !Object.keys(variables).some((name) => sets(line, name)));
  while (kept.at(-1) === '') kept.pop();
  const added = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  return [...kept, ...added, ''].join('\n');
}

const sets = (line: string, name: string): boolean =>
  new RegExp(`^\\s*(export\\s+)?${name}\\s*=`, 'u').test(line);

/** Returns the value, quoted where an env file would read it as something else. */
const quoted = (value: string): string => (/[\s#'"\\$`]/u.test(value) ? `'${value}'` : value);
