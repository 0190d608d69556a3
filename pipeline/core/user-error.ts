/**
 * Something that a person can mend: a scene that raises, an unreadable image, a missing program. Shown without a
 * stack; `details` (the last lines a program printed) and `hint` (what to do) stand below the message.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly details: readonly string[];
  readonly hint: string | undefined;

  constructor(
    message: string,
    options: { readonly details?: readonly string[]; readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details ?? [];
    this.hint = options.hint;
  }
}
