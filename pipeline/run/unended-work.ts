import { UserError } from '../core/user-error.js';
import type { CacheKey } from '../store/key-parts.js';

/** Programs get TERM, five seconds and KILL in this time; code in this process gets the same. */
export const defaultGraceMs = 30_000;

/**
 * A stage's own code goes on although it was told to end. A program can be killed; code in this process ends with the
 * process only. So the run ends: neither the stage's folders nor its share of the machine may go to anybody else.
 */
export class UnendedWorkError extends UserError {
  constructor(stage: string, reason: string, graceMs: number) {
    super(`${reason} It was told to end, and has not done so in ${Math.round(graceMs / 1000)} s.`, {
      details: [
        `Its code runs in this process and looks at no signal: nothing but the end of the run ends ${stage}.`,
      ],
      hint: 'What was finished is kept; run again. In a stage of your own, look at context.signal between steps, and hand it to what waits.',
    });
  }
}

/** The actions whose code is known to go on in this process. */
const goingOn = new Set<CacheKey>();

/**
 * Waits for work, but after it was told to end no longer than the grace time.
 * @throws UnendedWorkError when it has not ended then
 */
export async function endedOrGivenUp<T>(
  work: Promise<T>,
  about: {
    readonly stage: string;
    readonly key: CacheKey;
    readonly signal: AbortSignal;
    readonly graceMs: number;
  },
): Promise<T> {
  const { stage, key, signal, graceMs } = about;
  let timer: NodeJS.Timeout | undefined;
  let giveUp: () => void = () => undefined;
  const givenUp = new Promise<never>((_resolve, reject) => {
    giveUp = () => {
      timer = setTimeout(() => {
        goingOn.add(key);
        const forget = (): void => void goingOn.delete(key);
        work.then(forget, forget);
        reject(new UnendedWorkError(stage, reasonOf(stage, signal), graceMs));
      }, graceMs);
    };
  });
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work, givenUp]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

/** @throws UserError when an earlier run's code for the same still goes on here: it writes into the same folders */
export function refuseWhileGoingOn(stage: string, key: CacheKey): void {
  if (!goingOn.has(key)) return;
  throw new UserError(
    `${stage} still runs in this process, from an attempt that did not end when it was told to.`,
    {
      hint: 'End this command and start it again.',
    },
  );
}

function reasonOf(stage: string, signal: AbortSignal): string {
  return signal.reason instanceof UserError ? signal.reason.message : `${stage} was interrupted.`;
}
