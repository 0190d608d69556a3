/** How long a remote is put up with. */
export interface Patience {
  /** How often one request is made before it is given up. */
  readonly attempts: number;
  /** The wait before the second attempt; it doubles each time, and is spread so that many clients do not meet. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** An answer that has not come so long after the request is none… */
  readonly answerMs: number;
  /** …with so much more for each byte that it holds. */
  readonly slowestBytesPerS: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** After so many requests in a row that were given up, nothing more is asked… */
  readonly failuresToStop: number;
  /** …for so long. */
  readonly pauseMs: number;
}

export const usualPatience: Patience = {
  attempts: 4,
  firstWaitMs: 250,
  longestWaitMs: 10_000,
  answerMs: 20_000,
  slowestBytesPerS: 64 * 1024,
  concurrency: 16,
  failuresToStop: 4,
  pauseMs: 120_000,
};
