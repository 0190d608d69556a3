/**
 * Ends a switch whose cases are all handled: the type checker objects when a union gains a member.
 * @throws when data from outside the type system gets here all the same
 */
export function unreachable(value: never): never {
  throw new Error(`Unexpected value ${JSON.stringify(value)}: a case is not handled.`);
}
