import { createHash } from 'node:crypto';

/** What becomes of a simulated task, in seconds of the cluster's time. */
export interface Fate {
  /** It waits so long before a node takes it. */
  readonly waits: number;
  readonly runs: number;
  /** Its node dies before it has ended. */
  readonly isLost: boolean;
}

const secondsPerItem = 5;
const lostShare = 0.02;
const stragglerShare = 0.01;
const stragglerFactor = 4;

/** The same for the same task in every run of the bench: latencies, failures and stragglers come from its name. */
export function fateOf(task: string, items: number): Fate {
  const random = (what: string): number =>
    createHash('sha256').update(`${task} ${what}`).digest().readUInt32LE() / 2 ** 32;
  const pace = (0.8 + 0.4 * random('pace')) * (random('straggler') < stragglerShare ? stragglerFactor : 1);
  const runs = items * secondsPerItem * pace;
  const isLost = random('lost') < lostShare;
  return { waits: 5 + 25 * random('waits'), runs: isLost ? runs * random('end') : runs, isLost };
}
