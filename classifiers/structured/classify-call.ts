import type { Barriers } from '#domain/barriers.ts';
import type { CloseCall, OpenCall, StructuredCall } from '#domain/structured-call.ts';
import type { ClassifiedMessage } from '../classifier.ts';
import { equalPart } from '../rules/plan/targets.ts';

/** Returns a call in fields as a classifier returns what it reads in words: nothing is left to guess. */
export const classifyCall = (call: StructuredCall): ClassifiedMessage =>
  call.action === 'open' ? classifyOpen(call) : classifyClose(call);

function classifyOpen({ instrument, side, entry, leverage, size, ...levels }: OpenCall): ClassifiedMessage {
  return {
    label: 'call',
    kind: 'call',
    confidence: 1,
    reasons: [`a call in fields: ${instrument} ${side}`],
    ideas: [
      {
        symbol: instrument,
        side,
        entry,
        barriers: barriersOf(levels),
        leverage,
        confidence: 1,
        ...(size && { sizeModel: size }),
      },
    ],
  };
}

function barriersOf({ stop, targets }: Pick<OpenCall, 'stop' | 'targets'>): Barriers {
  return {
    ...(stop && { stopLoss: stop }),
    ...(targets.length > 0 && {
      takeProfits: targets.map((target, index) => ({
        ...target,
        fraction: equalPart(index, targets.length),
      })),
    }),
  };
}

const classifyClose = ({ instrument, side }: CloseCall): ClassifiedMessage => ({
  label: 'noise',
  kind: 'close',
  confidence: 1,
  reasons: [`a call in fields: close ${instrument}${side === null ? '' : ` ${side}`}`],
  ideas: [],
});
