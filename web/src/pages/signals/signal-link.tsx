import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Signal } from '#api/schemas/signal.ts';
import { explanationQuery } from '../../api/queries.ts';
import { Badge, SideBadge, StateBadge } from '../../ui/badge.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Read } from '../../ui/states.tsx';
import { titled, worded } from '../../format/words.ts';
import { confidence } from '../../format/money.ts';

/** The symbol of a signal; a press shows the way from the words to the trades or refusals. */
export function SignalLink({ signal }: { signal: Signal }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="link" onClick={() => setOpen(true)}>
        <strong>{signal.symbol}</strong>
      </button>
      <Dialog title={`${signal.symbol} ${signal.side}`} isOpen={isOpen} onClose={() => setOpen(false)}>
        {isOpen && <Explained id={signal.id} />}
      </Dialog>
    </>
  );
}

function Explained({ id }: { id: string }) {
  const query = useQuery(explanationQuery(id));
  return (
    <Read query={query}>
      {({ message, signals }) => (
        <div className="stack explained">
          {message && (
            <>
              <blockquote>{message.text}</blockquote>
              <p className="quiet">
                {message.author}, {message.source.kind}
              </p>
              {message.classifications.map((reading) => (
                <p key={reading.createdAt}>
                  Read as <strong>{worded(reading.label)}</strong> ({confidence(reading.confidence)} sure) by{' '}
                  {worded(reading.classifier)}. <span className="quiet">{reading.reasons.join('; ')}</span>
                </p>
              ))}
            </>
          )}
          {signals.map((each) => (
            <div key={each.id} className="stack">
              <p>
                <strong>{each.agentName}</strong>
              </p>
              {each.trades.map((trade) => (
                <div key={trade.id} className="row">
                  <Link to="/trades/$id" params={{ id: trade.id }}>
                    {trade.symbol}
                  </Link>
                  <SideBadge side={trade.side} />
                  <StateBadge state={trade.phase} />
                  {trade.refusal && <span className="quiet">{trade.refusal.text}</span>}
                </div>
              ))}
              {each.skips.map((skip) => (
                <p key={skip.id}>
                  <Badge tone="warn">{titled(skip.code)}</Badge> {skip.text}
                </p>
              ))}
            </div>
          ))}
        </div>
      )}
    </Read>
  );
}
