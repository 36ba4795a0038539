import type { TradeId } from '#domain/ids.ts';
import { isOver, type OrderKind, type OrderStatus } from '#domain/order.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms, msOrNull } from './rows.ts';

/** The closing orders of a trade, in short. */
export interface ExitAttempts {
  /** The newest; null when none was written. */
  last: ExitAttempt | null;
  /** True when any of them filled, in part or whole. */
  hasFilled: boolean;
  /** The newest orders at the market that all ended without a fill; null when the newest order did not. */
  refused: ExitRefusals | null;
}

export interface ExitAttempt {
  revision: number;
  kind: OrderKind;
  status: OrderStatus;
  signer: string | null;
  /** When it was sent last, epoch ms. */
  sentAt: number;
  code: string | null;
  /** When the venue answered about it last, epoch ms; null when it has not. */
  answeredAt: number | null;
}

export interface ExitRefusals {
  code: string;
  text: string;
  inARow: number;
  /** The revision of the first in the row that was refused for the reason of the last. */
  since: number;
  /** When the last was answered, epoch ms. */
  at: number;
}

/** Most orders that are read: with so many the pause between them grows no more. */
const MOST = 50;

/** Reads how the closing orders of a trade ended. */
export async function readExitAttempts(db: DatabaseOrTransaction, tradeId: TradeId): Promise<ExitAttempts> {
  const rows = await db.order.findMany({
    where: { tradeId, leg: 'exit' },
    orderBy: { revision: 'desc' },
    take: MOST,
    select: {
      revision: true,
      kind: true,
      status: true,
      sentAt: true,
      signer: true,
      filledSize: true,
      code: true,
      text: true,
      answeredAt: true,
      updatedAt: true,
    },
  });
  const [last] = rows;
  const end = rows.findIndex((row) => !isOver(row.status) || !row.filledSize.isZero());
  return {
    last: last ? toAttempt(last) : null,
    hasFilled: rows.some(({ filledSize }) => !filledSize.isZero()),
    refused: refusalsOf((end === -1 ? rows : rows.slice(0, end)).filter(({ kind }) => kind === 'ioc')),
  };
}

interface AttemptRow extends Omit<ExitAttempt, 'sentAt' | 'answeredAt'> {
  sentAt: Date | null;
  answeredAt: Date | null;
  updatedAt: Date;
}

const toAttempt = ({ revision, kind, status, signer, code, ...at }: AttemptRow): ExitAttempt => ({
  revision,
  kind,
  status,
  signer,
  code,
  sentAt: ms(at.sentAt ?? at.updatedAt),
  answeredAt: msOrNull(at.answeredAt),
});

interface Refused {
  revision: number;
  code: string | null;
  text: string | null;
  updatedAt: Date;
}

/** The refusals in a row, newest first, in short. */
function refusalsOf(row: readonly Refused[]): ExitRefusals | null {
  const [newest] = row;
  if (!newest) return null;
  const other = row.findIndex(({ code }) => code !== newest.code);
  const first = row[(other === -1 ? row.length : other) - 1] ?? newest;
  return {
    code: newest.code ?? 'unknown',
    text: newest.text ?? 'The venue gave no reason.',
    inARow: row.length,
    since: first.revision,
    at: ms(newest.updatedAt),
  };
}
