import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Position } from '#api/schemas/position.ts';
import { pauseTrade, resumeTrade } from '../../api/commands.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmAct } from '../../ui/confirm-act.tsx';
import { Facts } from '../../ui/panel.tsx';
import { Price } from '../../ui/amounts.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';

/** Pauses the automatic exits of a trade in one press; resuming asks first. */
export function PauseTrade({ trade }: { trade: Position }) {
  const client = useQueryClient();
  const pause = useMutation({
    mutationFn: () => pauseTrade(trade.id),
    onSuccess: async () => {
      tell(`Pausing ${trade.symbol}`, 'Its stop stays at the venue; nothing else is done to it.');
      await client.invalidateQueries({ queryKey: ['trades'] });
    },
    onError: (error) => tellFailure(`${trade.symbol} was not paused`, error),
  });
  if (!trade.paused)
    return (
      <Button busy={pause.isPending} disabled={trade.phase !== 'open'} onClick={() => pause.mutate()}>
        Pause
      </Button>
    );
  return (
    <ConfirmAct
      trigger={(open, isUnderWay) => (
        <Button busy={isUnderWay} onClick={open}>
          Resume
        </Button>
      )}
      title={`Resume ${trade.symbol}`}
      about="Automatic exits act again. What the price crossed while the trade was paused is made up for at once, and may close it."
      act="Hold to resume"
      word={trade.symbol}
      taken={`Resuming ${trade.symbol}`}
      onAct={async () => {
        await resumeTrade(trade.id);
        await client.invalidateQueries({ queryKey: ['trades'] });
      }}
    >
      <Facts
        facts={[
          ['Mark', <Price key="mark" value={trade.markPrice} />],
          ['Stop', <Price key="stop" value={trade.stopPrice} />],
        ]}
      />
    </ConfirmAct>
  );
}
