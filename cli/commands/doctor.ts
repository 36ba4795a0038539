import { Command } from 'commander';
import { checkDatabase } from '../doctor/database.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkNode, checkStateDir, findMasterKeys } from '../doctor/local.ts';
import { checkLunarCrush } from '../doctor/lunarcrush.ts';
import { checkClassifier } from '../doctor/model.ts';
import { checkApi, checkOstium, checkVenue } from '../doctor/services.ts';
import { checkTemporal } from '../doctor/temporal.ts';
import { findSystem, type LocalSystem } from '../find-api.ts';
import { createOutput, type Colors } from '#terminal/output.ts';

/** `signalman doctor`: exit status 1 when something that is needed is missing or broken. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('say what is configured (and where), reachable and missing, and what to do about it')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const out = createOutput(process.stdout, process.env);
      const findings = await examine(findSystem(process.env));
      const isHealthy = findings.every(({ status }) => status !== 'broken');
      if (!isHealthy) process.exitCode = 1;
      if (json) return out.json({ healthy: isHealthy, findings });
      for (const line of render(findings, out.colors)) out.line(line);
    });

/** Checks every part, all at once. */
export async function examine(system: LocalSystem): Promise<Finding[]> {
  const masterKeys = findMasterKeys(system);
  const [database, temporal, hyperliquid, ostium, api, classifier, lunarCrush] = await Promise.all([
    checkDatabase(system, masterKeys.keys),
    checkTemporal(system),
    checkVenue(system),
    checkOstium(system),
    checkApi(system),
    checkClassifier(system),
    checkLunarCrush(system),
  ]);
  return [
    checkNode(process.version),
    checkStateDir(system),
    ...database.slice(0, 2),
    ...temporal,
    hyperliquid,
    ostium,
    masterKeys.finding,
    ...database.slice(2),
    ...api,
    classifier,
    lunarCrush,
  ];
}

const SIGNS: Record<Finding['status'], string> = { ok: 'ok', off: '-', soon: 'SOON', broken: 'BROKEN' };

function render(findings: readonly Finding[], colors: Colors): string[] {
  const width = Math.max(...findings.map(({ part }) => part.length));
  const lines = findings.flatMap((finding) => renderFinding(finding, width, colors));
  const count = findings.filter(({ status }) => status === 'broken').length;
  return [...lines, '', count === 0 ? colors.green('nothing is missing') : colors.red(`${count} to look at`)];
}

function renderFinding(
  { part, status, detail, from, remedy }: Finding,
  width: number,
  colors: Colors,
): string[] {
  const paint = { ok: colors.green, off: colors.dim, soon: colors.yellow, broken: colors.red }[status];
  const source = from === null ? '' : colors.dim(`  [${from}]`);
  const line = `${paint(SIGNS[status].padEnd(6))}  ${part.padEnd(width)}  ${detail}${source}`;
  return remedy === null ? [line] : [line, `${' '.repeat(width + 10)}-> ${remedy}`];
}
