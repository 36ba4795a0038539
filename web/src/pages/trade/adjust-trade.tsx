import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { Position } from '#api/schemas/position.ts';
import { adjustTrade, newKey } from '../../api/commands.ts';
import { reasonOf } from '../../api/refusals.ts';
import { price, signedUsd } from '../../format/money.ts';
import { Price } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Facts } from '../../ui/panel.tsx';
import { tell } from '../../ui/toasts.tsx';

const DECIMAL = /^\d+(\.\d+)?$/;

/** Moves the stop of an open trade. It says what the new stop would lose or secure, and warns where it is looser. */
export function AdjustTrade({ trade }: { trade: Position }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button disabled={trade.phase !== 'open'} onClick={() => setOpen(true)}>
        Move stop
      </Button>
      <Dialog
        title={`Move the stop of ${trade.symbol}`}
        about="The stop at the venue is changed in place, so that the position is never without one."
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      >
        {isOpen && <StopForm trade={trade} onDone={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

function StopForm({ trade, onDone }: { trade: Position; onDone: () => void }) {
  const client = useQueryClient();
  const [stop, setStop] = useState(trade.stopPrice ?? '');
  // Another price is another request: under the key of a refused one it would be refused too.
  const [once, setOnce] = useState(newKey);
  const [error, setError] = useState<string>();
  const [isUnderWay, setUnderWay] = useState(false);
  const isReadable = DECIMAL.test(stop);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReadable) return setError('Write a price, such as 47500.');
    setUnderWay(true);
    try {
      const { stopPrice } = await adjustTrade(trade.id, { stopLoss: { price: stop } }, once);
      await client.invalidateQueries({ queryKey: ['trades'] });
      tell(`Stop of ${trade.symbol} rests at ${price(stopPrice)}`);
      onDone();
    } catch (problem) {
      setError(reasonOf(problem));
    } finally {
      setUnderWay(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <Facts
        facts={[
          ['Mark', <Price key="mark" value={trade.markPrice} />],
          ['Entry', <Price key="entry" value={trade.entryPrice} />],
          ['Stop now', <Price key="stop" value={trade.stopPrice} />],
        ]}
      />
      <Field
        label="New stop"
        inputMode="decimal"
        value={stop}
        error={error}
        hint={isReadable ? <Consequence trade={trade} stop={stop} /> : 'A price'}
        autoComplete="off"
        onChange={({ target }) => {
          setStop(target.value.trim());
          setOnce(newKey());
          setError(undefined);
        }}
      />
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" kind="primary" busy={isUnderWay}>
          Move the stop
        </Button>
      </DialogActions>
    </form>
  );
}

/** Says in words and USD what a stop would come to. The amount is for reading only and may be a cent off. */
function Consequence({ trade, stop }: { trade: Position; stop: string }) {
  const { side, entryPrice, remainingSize, stopPrice } = trade;
  if (entryPrice === null || remainingSize === null) return null;
  const direction = side === 'long' ? 1 : -1;
  const profit = (Number(stop) - Number(entryPrice)) * Number(remainingSize) * direction;
  const isLooser = stopPrice !== null && (Number(stop) - Number(stopPrice)) * direction < 0;
  return (
    <>
      About {signedUsd(profit.toFixed(2))} USD if it is hit.
      {isLooser && <strong className="warn"> This loosens the stop, and is written to the audit log.</strong>}
    </>
  );
}
