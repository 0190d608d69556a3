import { unreachable } from '../../core/unreachable.js';
import type { EndReason } from './cluster.js';

/** An item that so many attempts lost is given up. */
const mostLosses = 3;
/** Pre-emption is nobody's fault; but a stage that never gets to its end is to say so. */
const mostPreemptions = 100;
const assumedMemoryMb = 2048;

/** How a parcel of work goes out: what earlier attempts have taught. */
export interface Terms {
  /** Losses that count. */
  readonly losses: number;
  readonly preemptions: number;
  readonly memoryMb?: number;
  readonly minutes?: number;
  readonly excludedNodes: readonly string[];
}

export type Loss = EndReason | 'refused' | 'interrupted';

/**
 * What an attempt that was lost changes for the next one: more memory, more time, another node.
 * @param ranMinutes how long it ran
 * @returns undefined when there is to be no next one
 */
export function termsAfter(
  terms: Terms,
  loss: Loss,
  node: string | undefined,
  ranMinutes: number,
): Terms | undefined {
  if (loss === 'preempted' || loss === 'interrupted') {
    const preemptions = terms.preemptions + 1;
    return preemptions >= mostPreemptions ? undefined : { ...terms, preemptions };
  }
  const losses = terms.losses + 1;
  return losses >= mostLosses ? undefined : { ...changed(terms, loss, node, ranMinutes), losses };
}

function changed(
  terms: Terms,
  loss: Exclude<Loss, 'preempted' | 'interrupted'>,
  node: string | undefined,
  ranMinutes: number,
): Terms {
  switch (loss) {
    case 'out-of-memory':
      return { ...terms, memoryMb: 2 * (terms.memoryMb ?? assumedMemoryMb) };
    case 'timeout':
      return { ...terms, minutes: 2 * (terms.minutes ?? Math.max(1, Math.ceil(ranMinutes))) };
    case 'cancelled':
    case 'ended':
      return terms;
    case 'node-failed':
    case 'refused':
    case 'failed':
    case 'gone':
      return node === undefined || terms.excludedNodes.includes(node)
        ? terms
        : { ...terms, excludedNodes: [...terms.excludedNodes, node] };
    default:
      return unreachable(loss);
  }
}

/** A loss as people say it. */
export const lossInWords: Readonly<Record<Loss, string>> = {
  ended: 'ended without a result',
  'out-of-memory': 'ran out of memory',
  timeout: 'reached its time limit',
  'node-failed': 'was on a node that failed',
  preempted: 'was pre-empted',
  cancelled: 'was cancelled by somebody',
  failed: 'failed without a result',
  gone: 'is gone without a result',
  refused: 'was refused by its node',
  interrupted: 'was interrupted before its end',
};
