import { REFUSALS } from '#domain/reasons.ts';
import {
  counted,
  duration,
  orDash,
  paintPnl,
  renderTable,
  shortId,
  shortNumbers,
  signedUsd,
  type Colors,
  type Column,
} from '#terminal/output.ts';
import type { AccountCheck } from './ledger-check.ts';
import type { DemoReport, Ending, ReportedSkip, ReportedTrade } from './report.ts';

const ENDINGS: Record<Ending, string> = {
  all_closed: 'all trades of the posts have closed',
  prices_ended: 'the prices have ended; what was open has been force-closed',
  time_is_up: 'the time is up; what was open has been force-closed',
  interrupted: 'interrupted',
  failed: 'something failed',
};

/** The closing report, for people. */
export function renderReport(report: DemoReport, colors: Colors): string[] {
  const title = (text: string): string[] => ['', colors.bold(text)];
  return [
    ...title(`Run ${report.run}: ${ENDINGS[report.ending]}`),
    colors.dim(
      `${report.posts.read} of ${report.posts.given} posts read, ${counted(report.trades.length, 'trade')}, ` +
        `${report.skipped.length} skipped, in ${duration(report.endedAt - report.startedAt)}`,
    ),
    ...title('Trades'),
    ...tradesTable(report.trades, colors),
    colors.dim(reasonsLine(report)),
    ...besideLines(report.beside, colors),
    ...title('Bills'),
    ...billLines(report),
    ...title('Skipped, and why'),
    ...skipsTable(report.skipped, colors),
    ...title('Ledger: the sandboxes against our books'),
    ...ledgerTable(report.ledger.accounts, colors),
    report.ledger.matched
      ? colors.green('matched to the cent')
      : colors.red('the sandboxes and our books do not say the same'),
    ...problemLines(report, colors),
  ];
}

function besideLines(trades: readonly ReportedTrade[], colors: Colors): string[] {
  if (trades.length === 0) return [];
  return [
    '',
    colors.bold('Beside the run: trades of other agents in the state folder'),
    ...tradesTable(trades, colors),
  ];
}

function tradesTable(trades: readonly ReportedTrade[], colors: Colors): string[] {
  if (trades.length === 0) return ['none'];
  const columns: Column<ReportedTrade>[] = [
    { title: 'trade', cell: ({ id }) => shortId(id) },
    { title: 'agent', cell: ({ agentName }) => agentName },
    { title: 'instrument', cell: ({ symbol }) => symbol },
    { title: 'side', cell: ({ side }) => side },
    { title: 'size', cell: ({ entrySize }) => shortNumbers(orDash(entrySize)), align: 'right' },
    { title: 'entry', cell: ({ entryPrice }) => shortNumbers(orDash(entryPrice)), align: 'right' },
    { title: 'exit', cell: ({ exitPrice }) => shortNumbers(orDash(exitPrice)), align: 'right' },
    { title: 'reason', cell: reasonOf },
    { title: 'held', cell: heldFor, align: 'right' },
    { title: 'fees', cell: ({ feesUsd }) => usd(feesUsd), align: 'right' },
    {
      title: 'net PnL',
      cell: ({ netPnlUsd }) => signedUsd(netPnlUsd),
      align: 'right',
      paint: (text, { netPnlUsd }) => paintPnl(colors, text, netPnlUsd),
    },
  ];
  return renderTable(columns, trades, colors);
}

function reasonOf({ exitReason, phase, forced }: ReportedTrade): string {
  if (phase !== 'closed') return `still ${phase}`;
  return forced ? `${orDash(exitReason)} (end of run)` : orDash(exitReason);
}

const heldFor = ({ openedAt, closedAt }: ReportedTrade): string =>
  openedAt === null || closedAt === null ? '-' : duration(Math.max(0, closedAt - openedAt));

const usd = (amount: string | null): string => (amount === null ? '-' : Number(amount).toFixed(2));

const reasonsLine = ({ exitReasons, netPnlUsd }: DemoReport): string =>
  [
    ...Object.entries(exitReasons).map(([reason, count]) => `${count} x ${reason}`),
    `net ${signedUsd(netPnlUsd)} USD`,
  ].join(', ');

function billLines({ bills, billedUsd }: DemoReport): string[] {
  const kinds = [...new Set(bills.map(({ kind }) => kind))];
  const perKind = kinds.map((kind) => {
    const own = bills.filter((bill) => bill.kind === kind);
    const total = own.reduce((sum, { amountUsd }) => sum + Number(amountUsd), 0);
    return `${kind.replaceAll('_', ' ')}: ${own.length}, ${total.toFixed(2)} USD`;
  });
  return bills.length === 0 ? ['none'] : [...perKind, `together ${Number(billedUsd).toFixed(2)} USD`];
}

const MAX_TEXT = 110;

function skipsTable(skips: readonly ReportedSkip[], colors: Colors): string[] {
  if (skips.length === 0) return ['none'];
  const columns: Column<ReportedSkip>[] = [
    { title: 'author', cell: ({ author }) => orDash(author) },
    { title: 'code', cell: ({ code }) => code, paint: (text) => colors.yellow(text) },
    { title: 'why', cell: ({ code, text }) => shorten(detailOf(code, text)) },
  ];
  return renderTable(columns, skips, colors);
}

/** What is said beyond the sentence that the code stands for, if anything is. */
function detailOf(code: string, text: string): string {
  const sentence = new Map<string, string>(Object.entries(REFUSALS)).get(code);
  const rest = sentence !== undefined && text.startsWith(sentence) ? text.slice(sentence.length).trim() : '';
  return rest === '' ? text : rest;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length <= MAX_TEXT ? line : `${line.slice(0, MAX_TEXT - 1)}…`;
}

function ledgerTable(accounts: readonly AccountCheck[], colors: Colors): string[] {
  const columns: Column<AccountCheck>[] = [
    { title: 'agent', cell: ({ agent }) => agent },
    { title: 'venue', cell: ({ at }) => at },
    { title: 'deposited', cell: ({ deposited }) => usd(deposited), align: 'right' },
    { title: 'net of our fills', cell: ({ booked }) => signedUsd(booked), align: 'right' },
    { title: 'our books', cell: ({ expected }) => usd(expected), align: 'right' },
    { title: 'sandbox', cell: ({ venue }) => usd(venue), align: 'right' },
    {
      title: '',
      cell: ({ matched, difference }) => (matched ? 'matched' : `off by ${difference}`),
      paint: (text, { matched }) => (matched ? colors.green(text) : colors.red(text)),
    },
  ];
  return renderTable(columns, accounts, colors);
}

function problemLines({ problems, logs }: DemoReport, colors: Colors): string[] {
  if (problems.length === 0) return [];
  return ['', colors.red('Problems'), ...problems.map((problem) => `- ${problem}`), `Logs are in ${logs}`];
}
