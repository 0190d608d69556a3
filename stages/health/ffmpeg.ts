import type { HealthCheck } from '../../pipeline/stage/health-check.js';
import { childEnvironment } from './child-environment.js';

/** ffmpeg reads and writes videos; everything else works without it. */
export const ffmpegCheck: HealthCheck = {
  name: 'ffmpeg',
  run: async (host) => {
    const output = await host
      .exec('ffmpeg', ['-version'], { env: childEnvironment(host.env), timeoutMs: 20_000 })
      .then((result) => result.stdout)
      .catch(() => undefined);
    const version = /^ffmpeg version (\S+)/m.exec(output ?? '')?.[1];
    if (version !== undefined) return { state: 'ok', found: `ffmpeg ${version}`, detail: { version } };
    return {
      state: 'warning',
      found: 'none on the PATH that runs',
      remedy: 'Only videos need it: sudo apt-get install ffmpeg',
    };
  },
};
