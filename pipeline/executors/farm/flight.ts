import type { Terms } from './after-loss.js';
import type { TaskRef } from './cluster.js';

/** Work that waits to go out. */
export interface Parcel {
  /** Ids of items; undefined for a whole stage. */
  readonly items: readonly string[] | undefined;
  readonly terms: Terms;
  readonly attempt: number;
  /** The index that it had in its last submission: failed tasks go out again as a sparse array. */
  readonly index?: number;
}

/** An attempt that the engine has. */
export interface Flight extends TaskRef {
  readonly parcel: Parcel;
  node?: string;
  /** When it was first seen to run. */
  runningSinceMs?: number;
  /** When it was first seen to be over, without a result. */
  overSinceMs?: number;
  /** It takes much longer than its items should, and was told to end. */
  isStraggler?: boolean;
  /** Items that it is known to have made. */
  done: number;
}

export function refText({ nonce, index }: TaskRef): string {
  return `${nonce} ${index}`;
}
