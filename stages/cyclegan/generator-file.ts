import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import type { ArtifactReader, OutputWriter } from '../../pipeline/stage/artifact.js';
import { generatorModel } from './generator-model.js';
import { networkOf, type Model } from './model.js';
import { modes } from './modes.js';
import { generatorLayout, type GeneratorShape } from './networks/generator.js';

const headerSchema = z.object({
  version: z.literal(1),
  mode: z.enum(modes),
  inputChannels: z.number().int(),
  width: z.number().int(),
  blocks: z.number().int(),
  crop: z.number().int(),
  steps: z.number().int(),
  parameters: z.number().int(),
});
type GeneratorHeader = z.infer<typeof headerSchema>;

/** A generator as it was trained: its shape and its numbers, in the order of generatorLayout. */
export interface TrainedGenerator {
  readonly header: GeneratorHeader;
  readonly shape: GeneratorShape;
  readonly values: Float32Array;
}

/** Writes `generator.json`, `generator.bin` (32-bit floats, little-endian) and, for other programs, `generator.onnx`. */
export async function writeGenerator(
  output: OutputWriter,
  model: Model,
  parameters: Float32Array,
  training: { readonly crop: number; readonly steps: number },
): Promise<void> {
  const { layout, offset } = networkOf(model, 'forward');
  const values = parameters.slice(offset, offset + layout.length);
  const header: GeneratorHeader = {
    version: 1,
    mode: model.mode,
    ...model.generator,
    ...training,
    parameters: layout.length,
  };
  await output.write('generator.json', `${JSON.stringify(header, null, 2)}\n`);
  await output.write('generator.bin', new Uint8Array(values.buffer));
  const metadata = { mode: model.mode, crop: String(training.crop), steps: String(training.steps) };
  await output.write('generator.onnx', generatorModel(model.generator, values, metadata));
}

/** @throws UserError when the files are no generator of three colours, or do not fit each other */
export async function readGenerator(artifact: ArtifactReader): Promise<TrainedGenerator> {
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
      `The generator takes ${header.inputChannels} channels; a picture has 3${wanted === 4 ? ', and a noise map 1' : ''}.`,
      { hint: 'Train it on images with three colours.' },
    );
  const shape = { inputChannels: header.inputChannels, width: header.width, blocks: header.blocks };
  const { length } = generatorLayout(shape);
  const bytes = await artifact.readBytes('generator.bin');
  if (bytes.length !== 4 * length)
    throw new UserError(
      `generator.bin has ${bytes.length} bytes, its generator.json asks for ${4 * length}.`,
      {
        hint: 'The files are of two generators, or one was cut short; run the stage that made them again.',
      },
    );
  const values = new Float32Array(length);
  new Uint8Array(values.buffer).set(bytes);
  return { header, shape, values };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
