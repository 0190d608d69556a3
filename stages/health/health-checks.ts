import type { HealthCheck } from '../../pipeline/stage/health-check.js';
import { blenderCheck } from './blender.js';
import { ffmpegCheck } from './ffmpeg.js';
import { tensorBackendsCheck } from './tensor-backends.js';

/** What `pipeline doctor` looks at for our stage kinds. */
export const healthChecks: readonly HealthCheck[] = [
  blenderCheck,
  tensorBackendsCheck(async () => (await import('../lib/tensors/backend.js')).useBackend),
  ffmpegCheck,
];
