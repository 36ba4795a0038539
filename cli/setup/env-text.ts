/** The text of an env file with the variables of these names set so, or not at all; its other lines stay. */
export function withVariables(
  text: string,
  variables: Readonly<Record<string, string>>,
  names: readonly string[] = Object.keys(variables),
): string {
  const kept = text.split('\n').filter((line) => !names.some((name) => sets(line, name)));
  while (kept.at(-1) === '') kept.pop();
  const added = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  return [...kept, ...added, ''].join('\n');
}

const sets = (line: string, name: string): boolean =>
  new RegExp(`^\\s*(export\\s+)?${name}\\s*=`, 'u').test(line);

/** Returns the value, quoted where an env file would read it as something else. */
function quoted(value: string): string {
  if (!/[\s#'"\\$`]/u.test(value)) return value;
  const quote = ["'", '"', '`'].find((each) => !value.includes(each)) ?? "'";
  return `${quote}${value}${quote}`;
}
