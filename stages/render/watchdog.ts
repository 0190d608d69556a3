/** Timers of Node.js hold no more; it is 24 days. */
const longestTimerMs = 2 ** 31 - 1;

/** Why a process was stopped: a frame took too long, or nothing was heard of it. */
export type StopReason = 'frame timeout' | 'no heartbeat';

/** Watches over a process that works on one frame after another, and asks for its end when it no longer gets on. */
export class Watchdog {
  #frame: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(
    readonly limits: { readonly frameTimeoutMs: number; readonly heartbeatTimeoutMs: number },
    readonly stop: (reason: StopReason) => void,
  ) {
    this.nextFrame();
    this.signOfLife();
  }

  /** A frame, or the loading of the scene before the first one, begins. */
  nextFrame(): void {
    clearTimeout(this.#frame);
    this.#frame = this.#timer('frame timeout', this.limits.frameTimeoutMs);
  }

  signOfLife(): void {
    clearTimeout(this.#silence);
    this.#silence = this.#timer('no heartbeat', this.limits.heartbeatTimeoutMs);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#frame);
    clearTimeout(this.#silence);
  }

  #timer(reason: StopReason, ms: number): NodeJS.Timeout | undefined {
    if (this.#ended) return undefined;
    return setTimeout(
      () => {
        this.end();
        this.stop(reason);
      },
      Math.min(ms, longestTimerMs),
    );
  }
}
