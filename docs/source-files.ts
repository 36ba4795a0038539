import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Every file of the project that git knows, by its path from the project's folder. */
export const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));
export const sources = files.filter((file) => /\.(tsx?|mjs)$/.test(file));

/** Returns the text of a file of the project. */
export const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Returns a source without its comments. */
export const withoutComments = (source: string): string =>
  source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

/** An import of a file. */
export interface Import {
  file: string;
  line: number;
  /** A file of the project by its path, or the name of a package. */
  target: string;
  isType: boolean;
}

/** Returns the imports of other files of the project, dynamic ones too. */
export const importsOf = (file: string): Import[] =>
  allImportsOf(file).filter(({ target }) => /\.(tsx?|mjs)$/.test(target));

/** Returns the packages that a file imports. */
export const packagesOf = (file: string): string[] =>
  allImportsOf(file).flatMap(({ target }) => (isPackage(target) ? [target] : []));

/** Tells a package from a file of the project, which its path names. */
const isPackage = (target: string): boolean =>
  !target.startsWith('node:') && !/\/.*\.(tsx?|mjs|json|css)$/.test(target);

function allImportsOf(file: string): Import[] {
  // Comments keep their lines, so that the line of an import stays right.
  const source = read(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .replaceAll(/^\s*\/\/.*$/gm, '');
  const pattern = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?from\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...source.matchAll(pattern)].map(({ 0: whole, 1: type, 2: plain, 3: dynamic, index }) => ({
    file,
    line: source.slice(0, index + whole.length).split('\n').length,
    target: resolveImport(file, plain ?? dynamic ?? ''),
    isType: type !== undefined,
  }));
}

function resolveImport(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
}
