import { useQueryClient } from '@tanstack/react-query';
import type { Position } from '#api/schemas/position.ts';
import { closeTrade } from '../../api/commands.ts';
import { awaitEnd } from '../../live/awaited.ts';
import { venueTitle, worded } from '../../format/words.ts';
import { Pnl, Price, Size, Usd } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmAct } from '../../ui/confirm-act.tsx';
import { Facts } from '../../ui/panel.tsx';

/** Phases of a trade that can be closed. */
const CLOSABLE = ['routing', 'opening', 'open'];

/** Closes a position at once, after a confirmation. The list or the page shows the result when it is booked. */
export function CloseTrade({ trade, isSmall = false }: { trade: Position; isSmall?: boolean }) {
  const client = useQueryClient();
  if (!CLOSABLE.includes(trade.phase)) return null;
  const { symbol, side } = trade;
  return (
    <ConfirmAct
      trigger={(open, isUnderWay) => (
        <Button
          kind="danger"
          className={`button danger${isSmall ? ' small' : ''}`}
          busy={isUnderWay}
          aria-label={`Close ${symbol} ${side}`}
          onClick={open}
        >
          Close
        </Button>
      )}
      title={`Close ${symbol} ${side}`}
      about={`${side === 'long' ? 'Sells' : 'Buys back'} all of it at ${venueTitle(trade.venue)} now. Its stop and targets are taken away once it is flat.`}
      act="Hold to close"
      word={symbol}
      taken={`Closing ${symbol}: the result follows`}
      onAct={async (once) => {
        awaitEnd(trade.id);
        await closeTrade(trade.id, once);
        await client.invalidateQueries({ queryKey: ['trades'] });
      }}
    >
      <Facts
        facts={[
          ['Size', <Size key="size" value={trade.remainingSize} />],
          [
            'Expected price',
            <span key="price">
              near <Price value={trade.markPrice} />
            </span>,
          ],
          [
            'Expected value',
            <span key="value">
              <Usd value={trade.valueUsd} /> USD
            </span>,
          ],
          ['Expected profit', <Pnl key="pnl" value={trade.unrealizedUsd} />],
          ['Ends as', worded('force_close')],
        ]}
      />
    </ConfirmAct>
  );
}
