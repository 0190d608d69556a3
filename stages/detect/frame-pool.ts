/**
 * Memory for frames, which is used again: what lives longer than a moment is only let go by a full garbage collection, and
 * a film would ask for dozens of them.
 */
export class FramePool {
  readonly #free: Uint8Array[] = [];
  readonly #bytes: number;

  /** @param bytes of a frame */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Memory for a frame, with anything in it. */
  take(): Uint8Array {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  /** A frame that nobody will look at again. Those that are not given back are the garbage collector's. */
  give(frame: Uint8Array): void {
    this.#free.push(frame);
  }
}
