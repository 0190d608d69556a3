import type { HealthCheck } from '../../pipeline/stage/health-check.js';
import { blenderCheck } from './blender.js';
import { ffmpegCheck } from './ffmpeg.js';

/** What `pipeline doctor` looks at for our stage kinds. */
export const healthChecks: readonly HealthCheck[] = [blenderCheck, ffmpegCheck];
