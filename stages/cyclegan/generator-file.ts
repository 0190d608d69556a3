import { UserError } from '../../pipeline/core/user-error.js';
import type { ArtifactReader, OutputWriter } from '../../pipeline/stage/artifact.js';
import { readHeader, type GeneratorHeader } from './generator-header.js';
import { generatorModel } from './generator-model.js';
import { networkOf, type Model } from './model.js';
import { generatorLayout, type GeneratorShape } from './networks/generator.js';
import { mapEncoderShape } from './networks/map-encoder.js';

/** A network as it was trained: its shape and its numbers, in the order of generatorLayout. */
export interface TrainedNetwork {
  readonly shape: GeneratorShape;
  readonly values: Float32Array;
}

export interface TrainedGenerator extends TrainedNetwork {
  readonly header: GeneratorHeader;
  /** Of the maps that it takes; none where they are noise, or it takes none. */
  readonly encoder: TrainedNetwork | undefined;
}

/**
 * Writes `generator.json`, `generator.bin` (32-bit floats, little-endian) and, for other programs, `generator.onnx`; the
 * same of an encoder of maps.
 */
export async function writeGenerator(
  output: OutputWriter,
  model: Model,
  parameters: Float32Array,
  training: { readonly crop: number; readonly steps: number },
): Promise<void> {
  const { layout, offset } = networkOf(model, 'forward');
  const values = parameters.slice(offset, offset + layout.length);
  const encoder = encoderOf(model, parameters);
  const header: GeneratorHeader = {
    version: 1,
    mode: model.mode,
    ...model.generator,
    ...training,
    parameters: layout.length,
    ...(encoder ? { encoder: { width: encoder.shape.width, parameters: encoder.values.length } } : {}),
  };
  await output.write('generator.json', `${JSON.stringify(header, null, 2)}\n`);
  await output.write('generator.bin', new Uint8Array(values.buffer));
  const metadata = { mode: model.mode, crop: String(training.crop), steps: String(training.steps) };
  await output.write('generator.onnx', generatorModel(model.generator, values, metadata));
  if (!encoder) return;
  await output.write('encoder.bin', new Uint8Array(encoder.values.buffer));
  await output.write('encoder.onnx', generatorModel(encoder.shape, encoder.values, metadata));
}

/** What makes pictures of the target domain into maps, with its numbers. @param parameters of the whole model */
export function encoderOf(model: Model, parameters: Float32Array): TrainedNetwork | undefined {
  if (!model.encoder) return undefined;
  const { layout, offset } = networkOf(model, 'mapTarget');
  return { shape: model.encoder, values: parameters.slice(offset, offset + layout.length) };
}

/** @throws UserError when the files are no generator of three colours, or do not fit each other */
export async function readGenerator(artifact: ArtifactReader): Promise<TrainedGenerator> {
  const header = await readHeader(artifact);
  const shape = { inputChannels: header.inputChannels, width: header.width, blocks: header.blocks };
  const encoderShape = header.encoder && mapEncoderShape(header.encoder.width);
  return {
    header,
    shape,
    values: await readNumbers(artifact, 'generator.bin', shape),
    encoder: encoderShape && {
      shape: encoderShape,
      values: await readNumbers(artifact, 'encoder.bin', encoderShape),
    },
  };
}

async function readNumbers(
  artifact: ArtifactReader,
  file: string,
  shape: GeneratorShape,
): Promise<Float32Array> {
  const { length } = generatorLayout(shape);
  const bytes = await artifact.readBytes(file);
  if (bytes.length !== 4 * length)
    throw new UserError(`${file} has ${bytes.length} bytes, its generator.json asks for ${4 * length}.`, {
      hint: 'The files are of two generators, or one was cut short; run the stage that made them again.',
    });
  const values = new Float32Array(length);
  new Uint8Array(values.buffer).set(bytes);
  return values;
}
