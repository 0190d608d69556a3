import { UserError } from '../../../pipeline/core/user-error.js';

/** A call of a method of what lives in a thread or process, and its answer. */
export interface ThreadCall {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}
export type ThreadAnswer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: ThreadFailure };

/** An error as it comes over from another thread or process. */
interface ThreadFailure {
  readonly message: string;
  /** Set for errors that a person can mend. */
  readonly hint?: string;
}

/** Calls that went over to another thread or process and wait for their answers. */
export class PendingCalls {
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  readonly #post: (call: ThreadCall) => void;
  #failure: Error | undefined;
  #next = 1;

  constructor(post: (call: ThreadCall) => void) {
    this.#post = post;
  }

  /** The other side's first words, once it stands: what it computes on. @throws what its start threw */
  hello(): Promise<string> {
    return this.#expect(0);
  }

  call<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    const id = this.#next++;
    const answer = this.#expect<T>(id);
    this.#post({ id, method, args });
    return answer;
  }

  settle(answer: ThreadAnswer): void {
    const call = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) call?.reject(errorOf(answer.error));
    else call?.resolve(answer.value);
  }

  /** The other side is gone: nothing will be answered any more. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #expect<T>(id: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
    });
  }
}

function errorOf({ message, hint }: ThreadFailure): Error {
  return hint === undefined ? new Error(message) : new UserError(message, { hint });
}
