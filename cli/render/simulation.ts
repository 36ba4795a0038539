import { openExit, type ExitFire } from '#domain/exit-engine.ts';
import { pnlPctAt, simulationResult, type Simulation } from '#domain/simulate.ts';

const STOP_MOVES_SHOWN = 5;

/** Returns a simulation as lines of text: entry, stop moves, exits and the result, in columns. */
export function renderSimulation(simulation: Simulation): string {
  const result = simulationResult(simulation);
  const { state, options, lastPrice } = simulation;
  const firstStop = openExit(state.barriers, state).stop;
  const rows = [
    ['entry', time(result.entry.t), result.entry.price, '', result.side],
    ...(firstStop ? [['stop', time(result.entry.t), firstStop.price, '', firstStop.kind]] : []),
    ...stopMoveRows(simulation),
    ...simulation.fires.map((fire) => [
      fire.leg === undefined ? fire.reason : `${fire.reason} ${fire.leg}`,
      time(fire.t),
      fire.price,
      percent(fire.fraction * 100),
      signed(pnlPctAt(state, { ...fire, fraction: 1 }, options.feeBps).toNumber()),
    ]),
  ];
  if (result.open > 0) {
    const unrealised = pnlPctAt(state, { price: lastPrice, fraction: 1 }, options.feeBps).toNumber();
    rows.push(['still open', '', lastPrice, percent(result.open * 100), `${signed(unrealised)} so far`]);
  }
  return `${columns(rows)}\n\nresult ${signed(result.pnlPct)} of the entry value${closing(simulation.fires, result.open)}`;
}

/** Returns in one line how the position ends with the favourable extreme of each candle first. */
export function renderBounds(worstFirst: Simulation, bestFirst: Simulation): string {
  const [one, other] = [simulationResult(worstFirst), simulationResult(bestFirst)];
  if (JSON.stringify(one.legs) === JSON.stringify(other.legs))
    return 'whichever extreme of a candle came first, the exits are these';
  const last = other.legs.at(-1);
  const end = last ? `${last.reason} at ${last.price}, ${time(last.t)}` : 'still open';
  return `with the favourable extreme of each candle first: ${signed(other.pnlPct)}, ${end}`;
}

function stopMoveRows({ stopMoves }: Simulation): string[][] {
  const rows = stopMoves.map(({ t, price, why }) => ['stop moved', time(t), price, '', why]);
  if (rows.length <= STOP_MOVES_SHOWN) return rows;
  const hidden = rows.length - STOP_MOVES_SHOWN + 1;
  return [...rows.slice(0, 1), [`... ${hidden} moves ...`], ...rows.slice(1 - STOP_MOVES_SHOWN + 1)];
}

function closing(fires: ExitFire[], open: number): string {
  if (fires.length === 0) return '; nothing was closed';
  return open === 0 ? '' : `, from the ${percent((1 - open) * 100)} that was closed`;
}

const time = (t: number): string => new Date(t).toISOString();

const percent = (value: number): string => `${Number(value.toFixed(4))} %`;

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)} %`;

/** Returns the rows as lines with aligned columns: the first to the left, prices and percents to the right. */
function columns(rows: string[][]): string {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([what = '', when = '', price = '', share = '', note = '']) =>
      [
        what.padEnd(widths[0] ?? 0),
        when.padEnd(widths[1] ?? 0),
        price.padStart(widths[2] ?? 0),
        share.padStart(widths[3] ?? 0),
        note,
      ]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
