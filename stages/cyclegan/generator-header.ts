import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { modes } from './modes.js';

const headerSchema = z.object({
  version: z.literal(1),
  mode: z.enum(modes),
  inputChannels: z.number().int(),
  width: z.number().int(),
  blocks: z.number().int(),
  crop: z.number().int(),
  steps: z.number().int(),
  parameters: z.number().int(),
  /** What makes pictures of the target domain into maps; none where maps are noise. */
  encoder: z.strictObject({ width: z.number().int(), parameters: z.number().int() }).optional(),
});
/** What generator.json says: apart from the numbers, so that it is read without tensors. */
export type GeneratorHeader = z.infer<typeof headerSchema>;

/** What is said of a generator. @throws UserError when it is no generator of three colours */
export async function readHeader(artifact: ArtifactReader): Promise<GeneratorHeader> {
  const text = await artifact.readText('generator.json');
  const parsed = headerSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new UserError('generator.json is not that of a generator.', {
      details: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
      hint: 'A generator comes out of cyclegan/train; run that stage again.',
    });
  const header = parsed.data;
  const wanted = header.mode === 'bayesian' ? 4 : 3;
  if (header.inputChannels !== wanted)
    throw new UserError(
      `The generator takes ${header.inputChannels} channels; a picture has 3${wanted === 4 ? ', and a map 1' : ''}.`,
      { hint: 'Train it on images with three colours.' },
    );
  return header;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
