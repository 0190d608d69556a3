import { UserError } from '../core/user-error.js';

/** A mistake in a stage's params that only shows once files or tools were looked at. The engine adds line and column. */
export class ParamsError extends UserError {
  /** @param param where in `with` it stands: ['randomize', 'world', 'hdri'] */
  constructor(
    readonly param: readonly (string | number)[],
    message: string,
    options: ConstructorParameters<typeof UserError>[1] = {},
  ) {
    super(message, options);
  }
}
