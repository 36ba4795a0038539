import type { SignalPreview } from '#api/schemas/preview.ts';
import { direction, type Side } from '#domain/ids.ts';
import { amount, sum } from '#domain/money.ts';
import { counted, duration, shortId, shortNumbers, type Colors } from '#terminal/output.ts';
import { printable } from '#terminal/printable.ts';

type Deployment = SignalPreview['deployments'][number];
type Order = NonNullable<Deployment['order']>;

/** Returns what would become of a signal as lines of text: for each deployment its order, and every check. */
export function renderPreview(preview: SignalPreview, colors: Colors): string[] {
  const { symbol, side, confidence, weightPct, deployments, notAsked } = preview;
  const weight = weightPct === 100 ? '' : `, weighed at ${weightPct} %`;
  const title = colors.bold(`${side.toUpperCase()} ${symbol}`);
  return [
    `${title}  confidence ${confidence.toFixed(2)}${weight}  ${colors.dim('nothing is sent or written')}`,
    ...(deployments.length === 0 ? ['nobody would trade it: no deployment of the agent is active'] : []),
    ...deployments.flatMap((each) => ['', ...renderDeployment(each, side, colors)]),
    ...(notAsked === 0 ? [] : ['', `${counted(notAsked, 'more deployment')} not asked`]),
  ];
}

function renderDeployment(deployment: Deployment, side: Side, colors: Colors): string[] {
  const { deploymentId, refusal, order, checks, score } = deployment;
  const verdict = refusal
    ? colors.red(`would not trade (${refusal.code})`)
    : colors.green(`would open on ${order?.venue ?? '-'}`);
  const facts: [string, string][] = [
    ...(refusal ? [['why', refusal.text] as [string, string]] : []),
    ...(order ? orderFacts(order, side) : []),
    ['score', score.text],
  ];
  return [
    `deployment ${colors.bold(shortId(deploymentId))}  ${verdict}`,
    ...facts.map(([name, value]) => `  ${colors.dim(name.padEnd(11))} ${shortNumbers(printable(value))}`),
    ...checks.map((check) => checkLine(check, colors)),
  ];
}

function orderFacts(order: Order, side: Side): [string, string][] {
  const { size, notionalUsd, leverage, price, worstPrice, liquidationPrice, levels, legs } = order;
  const stop = legs.find(({ leg }) => leg === 'stop');
  const targets = legs.filter(({ leg }) => leg === 'take_profit');
  const facts: [string, string | null][] = [
    ['size', `${size}, ${usd(notionalUsd)} USD at ${leverage}x`],
    ['price', `${price}, no worse than ${worstPrice}`],
    ['stop', stop ? `${stop.triggerPrice}, ${resultAt(order, side, stop)}` : null],
    ['targets', targets.map((each) => `${each.triggerPrice} x ${each.size}`).join(', ') || null],
    ['break-even', breakEven(levels)],
    ['trail', trail(levels)],
    ['time limit', levels.timeLimitMs === null ? null : duration(levels.timeLimitMs)],
    ['liquidation', liquidationPrice ?? 'at no price'],
    ['fees', feesText(order)],
  ];
  return facts.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
}

function resultAt({ price }: Order, side: Side, { triggerPrice, size }: Order['legs'][number]): string {
  const result = amount(triggerPrice).sub(price).mul(size).mul(direction(side));
  return `${result.isNegative() ? 'loses' : 'keeps'} ${result.abs().toFixed(2)} USD`;
}

function breakEven({ breakEven: level, targets }: Order['levels']): string | null {
  if (!level || targets.length === 0) return null;
  return `stop to ${level.price} after target ${level.afterTakeProfit}`;
}

function trail({ trailing }: Order['levels']): string | null {
  const steps = trailing.map(
    ({ activatesAt, distancePct }) => `${distancePct} % behind the best price from ${activatesAt}`,
  );
  return steps.length === 0 ? null : steps.join(', then ');
}

function feesText({ fees: { entryUsd, exitUsd, flatUsd } }: Order): string {
  const flat = amount(flatUsd).isZero() ? '' : `, ${usd(flatUsd)} flat`;
  const total = sum([entryUsd, exitUsd, flatUsd]).toFixed(2);
  return `${total} USD: ${usd(entryUsd)} in, ${usd(exitUsd)} out${flat}`;
}

const usd = (value: string): string => amount(value).toFixed(2);

function checkLine({ name, about, venue, refusal }: Deployment['checks'][number], colors: Colors): string {
  const sign = refusal ? colors.red('no') : colors.green('ok');
  const at = venue === null ? '' : ` ${colors.dim(`(${venue})`)}`;
  const why = refusal ? `: ${printable(refusal.text)}` : '';
  return `  ${sign}  ${name.padEnd(10)} ${about}${at}${why}`;
}
