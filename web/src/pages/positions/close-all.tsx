import { useQueryClient } from '@tanstack/react-query';
import type { Position } from '#api/schemas/position.ts';
import { closeAll } from '../../api/commands.ts';
import { sumOf } from '../../format/money.ts';
import { Pnl, Usd } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmAct } from '../../ui/confirm-act.tsx';
import { Facts } from '../../ui/panel.tsx';

/** Closes everything that is open. */
export function CloseAll({ positions }: { positions: readonly Position[] }) {
  const client = useQueryClient();
  return (
    <ConfirmAct
      trigger={(open, isUnderWay) => (
        <Button kind="danger" busy={isUnderWay} onClick={open}>
          Close all
        </Button>
      )}
      title="Close every position"
      about="All positions are closed at the market now. New signals are still traded: stop entries on the operator's page."
      act="Hold to close all"
      word="close all"
      taken="Closing everything: the results follow"
      onAct={async (once) => {
        await closeAll(once);
        await client.invalidateQueries({ queryKey: ['trades'] });
      }}
    >
      <Facts
        facts={[
          ['Positions', String(positions.length)],
          [
            'Value',
            <span key="value">
              <Usd value={sumOf(positions.map(({ valueUsd }) => valueUsd))} /> USD
            </span>,
          ],
          [
            'Expected profit',
            <Pnl key="pnl" value={sumOf(positions.map(({ unrealizedUsd }) => unrealizedUsd))} />,
          ],
        ]}
      />
    </ConfirmAct>
  );
}
