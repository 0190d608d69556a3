import { UserError } from '../../../pipeline/core/user-error.js';
import type { Exec } from '../../../pipeline/stage/context.js';

/**
 * Starts an X server without a screen, of a number that it finds free, for as long as the work with it takes.
 * @param engine which needs it, for the message
 * @throws UserError with what to install when there is no Xvfb, or it does not start
 */
export async function withVirtualDisplay<T>(
  engine: string,
  host: { readonly exec: Exec; readonly env: Readonly<Record<string, string | undefined>> },
  work: (display: string) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const lines: string[] = [];
  const { promise: announced, resolve: announce } = withResolvers<string>();
  const env = host.env['PATH'] === undefined ? {} : { PATH: host.env['PATH'] };
  const server = host
    .exec('Xvfb', ['-displayfd', '1', '-screen', '0', '640x480x24', '-nolisten', 'tcp'], {
      env,
      reject: false,
      signal: ending.signal,
      onLine: (line, stream) => {
        if (stream === 'stdout' && /^\d+$/.test(line)) announce(`:${line}`);
        else lines.push(line);
      },
    })
    .then(
      () => undefined,
      (error: unknown) => lines.push(error instanceof Error ? error.message : String(error)),
    );
  try {
    const display = await Promise.race([announced, server.then(() => undefined)]);
    if (display === undefined)
      throw new UserError(
        `The engine ${engine} needs a display, there is none that works, and Xvfb did not start.`,
        {
          details: lines.slice(-5),
          hint: virtualDisplayHint,
        },
      );
    return await work(display);
  } finally {
    ending.abort();
    await server;
  }
}

/** What to do where an engine that draws with OpenGL has no display. */
export const virtualDisplayHint =
  'sudo apt-get install xvfb libgl1-mesa-dri; or start it where DISPLAY names a screen; or use engine cycles.';

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
