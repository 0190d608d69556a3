import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import type { Host } from '../../pipeline/stage/context.js';
import { blenderFolder } from '../lib/blender/blender-folder.js';
import { blenderArguments, blenderEnvironment } from '../lib/blender/start-blender.js';

const marker = 'DARKROOM-SCENE ';
const timeoutMs = 600_000;
const shownLines = 12;

/** A parameter with the values that it takes, or a group of parameters. */
export interface DescribedParameter {
  readonly parameter: boolean;
  readonly choices?: readonly z.core.util.JSONType[] | null | undefined;
  readonly members?: Readonly<Record<string, DescribedParameter>> | undefined;
}

const describedParameter: z.ZodType<DescribedParameter> = z.lazy(() =>
  z.object({
    parameter: z.boolean(),
    choices: z.array(z.json()).nullable().optional(),
    members: z.record(z.string(), describedParameter).optional(),
  }),
);

const fileSchema = z.object({
  path: z.string(),
  missing: z.boolean(),
  kind: z.enum(['library', 'image', 'module', 'other']),
});

const readableSchema = z.object({
  error: z.null(),
  /** The Blender that wrote the file, where it is newer than the one that reads it. */
  newerThanBlender: z.string().nullable(),
  /** Of a Python scene; null of a .blend. */
  parameters: z.record(z.string(), describedParameter).nullable(),
  files: z.array(fileSchema),
  camera: z.object({ name: z.string(), type: z.string(), shifted: z.boolean() }).nullable(),
  /** Null where there are too many, or where build() raises with its defaults. */
  objects: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        instances: z.boolean(),
        collections: z.array(z.string()),
        properties: z.record(z.string(), z.string()),
      }),
    )
    .nullable(),
  materials: z.array(z.string()).nullable(),
  collections: z.array(z.string()).nullable().optional(),
  /** Whether build() of a Python scene places the camera by itself; null where it raises with its defaults. */
  ownCamera: z.boolean().nullable().optional(),
  buildError: z.string().nullable().optional(),
});

const brokenSchema = z.object({
  error: z.object({ message: z.string(), place: z.string().nullable(), lines: z.array(z.string()) }),
  files: z.array(fileSchema),
});

/** What blender/darkroom/inspection.py tells of a scene. */
export const inspectionSchema = z.union([readableSchema, brokenSchema]);
export type SceneInspection = z.infer<typeof inspectionSchema>;
export type ReadableScene = z.infer<typeof readableSchema>;

/**
 * Starts a Blender that opens the scene, or runs its script and once its build(); takes seconds.
 * @throws UserError with the last lines that it printed when it does not answer
 */
export async function inspectScene(
  blender: string,
  scene: string,
  host: Pick<Host, 'env' | 'exec'>,
): Promise<SceneInspection> {
  const script = join(blenderFolder(), 'inspect_scene.py');
  const result = await host.exec(blender, [...blenderArguments, '--python', script, '--', scene], {
    env: blenderEnvironment(host.env),
    timeoutMs,
    reject: false,
  });
  const lines = result.stdout.split('\n');
  const answer = lines.find((line) => line.startsWith(marker));
  if (answer !== undefined) return inspectionSchema.parse(JSON.parse(answer.slice(marker.length)));
  const printed = [...lines, ...result.stderr.split('\n')].filter((line) => line.trim() !== '');
  throw new UserError(`Blender ended (${endOf(result)}) while it looked at the scene ${scene}.`, {
    details: printed.slice(-shownLines),
  });
}

function endOf({ exitCode, signal }: { exitCode: number | null; signal: string | null }): string {
  return signal ?? `exit code ${exitCode ?? 'unknown'}`;
}
