import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { Host } from '../../../pipeline/stage/context.js';
import { blenderFolder } from './blender-folder.js';
import { blenderArguments, blenderEnvironment } from './start-blender.js';

const marker = 'DARKROOM-PROBE ';
const timeoutMs = 120_000;

/** What blender/probe.py tells of a Blender; null where this version cannot be asked. */
const blenderProbeSchema = z.object({
  version: z.tuple([z.number(), z.number(), z.number()]),
  buildHash: z.string().nullable(),
  python: z.string(),
  engines: z.array(z.string()),
  cyclesDevices: z.array(z.object({ name: z.string(), type: z.string() })),
  openImageDenoise: z.boolean().nullable(),
  numpy: z.string().nullable(),
  viewerNodesInBackground: z.boolean().nullable(),
});
export type BlenderProbe = z.infer<typeof blenderProbeSchema>;

/**
 * Starts a Blender once and asks what it can do; takes one to three seconds.
 * @throws UserError with the last lines that it printed when it does not start or does not answer
 */
export async function probeBlender(blender: string, host: Pick<Host, 'env' | 'exec'>): Promise<BlenderProbe> {
  const script = join(blenderFolder(), 'probe.py');
  const result = await host.exec(blender, [...blenderArguments, '--python', script], {
    env: blenderEnvironment(host.env),
    timeoutMs,
    reject: false,
  });
  const lines = result.stdout.split('\n');
  const answer = lines.find((line) => line.startsWith(marker));
  if (answer !== undefined) return blenderProbeSchema.parse(JSON.parse(answer.slice(marker.length)));
  const lastLines = [...lines, ...result.stderr.split('\n')].filter((line) => line.trim() !== '').slice(-5);
  throw new UserError(`${blender} did not say what it can do (exit code ${result.exitCode ?? 'none'}).`, {
    details: lastLines,
    hint: `Is it a Blender? Try: ${blender} --version`,
  });
}
