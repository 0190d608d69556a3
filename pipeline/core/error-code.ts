/** Whether an error of the operating system carries one of these codes (`ENOENT`, `EXDEV`, …). */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}
