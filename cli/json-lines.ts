const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gu;

/** The path of a value in a JSON text (`takeProfits[0].fraction`; empty for the whole) to its line, from 1. */
export type JsonLines = ReadonlyMap<string, number>;

interface Container {
  path: string;
  /** Index of the current item in a list; null in an object. */
  index: number | null;
  key: string;
}

/** Finds the line on which each value of a valid JSON text stands: for objects' members that of their name. */
export function jsonLines(text: string): JsonLines {
  const lines = new Map<string, number>([['', 1]]);
  const open: Container[] = [];
  let line = 1;
  let scanned = 0;
  let isKeyNext = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    line += text.slice(scanned, index).split('\n').length - 1;
    scanned = index;
    const holder = open.at(-1);
    if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (holder?.index !== null && holder) holder.index += 1;
      isKeyNext = holder?.index === null;
    } else if (token === ':') isKeyNext = false;
    else if (isKeyNext && holder) holder.key = String(JSON.parse(token));
    if (',:}]'.includes(token)) continue;
    const path = pathOf(holder);
    if (!lines.has(path)) lines.set(path, line);
    if (token === '{' || token === '[') {
      open.push({ path, index: token === '[' ? 0 : null, key: '' });
      isKeyNext = token === '{';
    }
  }
  return lines;
}

function pathOf(holder: Container | undefined): string {
  if (!holder) return '';
  if (holder.index !== null) return `${holder.path}[${holder.index}]`;
  return holder.path === '' ? holder.key : `${holder.path}.${holder.key}`;
}

/** The line of a field, or of the closest holder of it that the text does have. */
export function lineOf(lines: JsonLines, field: string): number {
  const found = lines.get(field);
  if (found !== undefined) return found;
  return field === '' ? 1 : lineOf(lines, field.replace(/\.?[^.[]+$|\[\d+\]$/u, ''));
}

/** The line at which `JSON.parse` gave up. */
export function syntaxErrorLine(error: unknown, text: string): number {
  const named = error instanceof Error ? /line (\d+) column/u.exec(error.message)?.[1] : undefined;
  if (named !== undefined) return Number(named);
  const position = error instanceof Error ? /position (\d+)/u.exec(error.message)?.[1] : undefined;
  const before = position === undefined ? text.trimEnd() : text.slice(0, Number(position));
  return before.split('\n').length;
}
