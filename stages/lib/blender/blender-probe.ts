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
  /** SHA-256 of the program, where the build has no hash. */
  binaryDigest: z.string().nullable(),
  python: z.string(),
  engines: z.array(z.string()),
  cyclesDevices: z.array(z.object({ name: z.string(), type: z.string() })),
  /** Whether a few pixels that Cycles rendered on the CPU show what they should. */
  cyclesDraws: z.boolean().nullable(),
  openImageDenoise: z.boolean().nullable(),
  numpy: z.string().nullable(),
  viewerNodesInBackground: z.boolean().nullable(),
});
export type BlenderProbe = z.infer<typeof blenderProbeSchema>;

const drawingSchema = z.object({ draws: z.boolean(), renderer: z.string().nullable() });
/** Whether an engine draws, and the graphics card, or what stands in for it (llvmpipe). */
export type DrawingProbe = z.infer<typeof drawingSchema>;

/**
 * Starts a Blender once and asks what it can do; takes one to three seconds.
 * @throws UserError with the last lines that it printed when it does not start or does not answer
 */
export async function probeBlender(blender: string, host: Pick<Host, 'env' | 'exec'>): Promise<BlenderProbe> {
  const { answer, exitCode, lastLines } = await ask(blender, [], blenderEnvironment(host.env), host);
  if (answer !== undefined) return blenderProbeSchema.parse(answer);
  throw new UserError(`${blender} did not say what it can do (exit code ${exitCode ?? 'none'}).`, {
    details: lastLines,
    hint: `Is it a Blender? Try: ${blender} --version`,
  });
}

/**
 * Lets an engine that needs OpenGL render a few pixels, in a process of its own: where there is no OpenGL, it may
 * take Blender down. Takes seconds, with llvmpipe up to twenty.
 * @param display what DISPLAY is set to; undefined: no display at all
 */
export async function probeDrawing(
  blender: string,
  engine: 'eevee' | 'workbench',
  display: string | undefined,
  host: Pick<Host, 'env' | 'exec'>,
): Promise<DrawingProbe> {
  const environment = blenderEnvironment({ ...host.env, DISPLAY: display });
  const { answer } = await ask(blender, [engine], environment, host);
  const parsed = drawingSchema.safeParse(answer);
  return parsed.success ? parsed.data : { draws: false, renderer: null };
}

interface Answer {
  readonly answer: unknown;
  readonly exitCode: number | null;
  readonly lastLines: readonly string[];
}

async function ask(
  blender: string,
  question: readonly string[],
  env: Readonly<Record<string, string>>,
  host: Pick<Host, 'exec'>,
): Promise<Answer> {
  const script = join(blenderFolder(), 'probe.py');
  const result = await host.exec(blender, [...blenderArguments, '--python', script, '--', ...question], {
    env,
    timeoutMs,
    reject: false,
  });
  const lines = result.stdout.split('\n');
  const answer = lines.find((line) => line.startsWith(marker));
  return {
    answer: answer === undefined ? undefined : (JSON.parse(answer.slice(marker.length)) as unknown),
    exitCode: result.exitCode,
    lastLines: [...lines, ...result.stderr.split('\n')].filter((line) => line.trim() !== '').slice(-5),
  };
}
