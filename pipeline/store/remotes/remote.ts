import type { Readable } from 'node:stream';

/** An object as a listing tells of it. */
export interface RemoteObject {
  /** Below the remote's prefix, with `/`. */
  readonly name: string;
  readonly sizeBytes: number;
  /** What the server calls this state of the object. */
  readonly etag: string;
  /** Where the container keeps versions and tells them in listings. */
  readonly version?: string;
}

/** Bytes to upload, or the file that holds them. */
export type RemoteData =
  { readonly bytes: Uint8Array } | { readonly path: string; readonly sizeBytes: number };

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Begin at this byte. */
  readonly offset?: number;
  /** Only this state of the object; another one is a failure of kind `changed`. */
  readonly etag?: string;
}

/**
 * A place for objects by name: a folder, a bucket, a container. One attempt a call: whoever calls retries, looks at
 * what came, and gives up. All of them pass test/support/remote-suite.ts.
 */
export interface Remote {
  /** What people call it; without credentials. */
  readonly url: string;
  /**
   * @returns the object's bytes from `offset` on; `undefined` when there is no such object
   * @throws RemoteFailure, also while the stream is read
   */
  read(name: string, options: ReadOptions): Promise<Readable | undefined>;
  /** The object's size in bytes, or `undefined` when there is none. @throws RemoteFailure */
  size(name: string, signal: AbortSignal): Promise<number | undefined>;
  /** Makes or replaces an object; it appears whole or not at all. @throws RemoteFailure */
  write(name: string, data: RemoteData, signal: AbortSignal): Promise<void>;
  /** All objects whose names begin with a text. @throws RemoteFailure */
  list(prefix: string, signal: AbortSignal): AsyncIterable<RemoteObject>;
}

/**
 * - `refused`: wrong credentials or none, no such bucket: the same would happen again
 * - `changed`: the object is no longer the one that was asked for
 * - `slow`: no answer in time: it is asked once more, and not longer, because everybody waits for it
 * - `passing`: a server's or the network's trouble, which may be over at the next try
 */
export type RemoteTrouble = 'refused' | 'changed' | 'slow' | 'passing';

/** What a remote did not do. The message names the remote and what went wrong, and holds no credentials. */
export class RemoteFailure extends Error {
  override readonly name = 'RemoteFailure';
  constructor(
    readonly trouble: RemoteTrouble,
    message: string,
    options?: { readonly cause: unknown },
  ) {
    super(message, options);
  }
}
