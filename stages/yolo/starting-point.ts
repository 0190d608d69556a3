import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { DarknetCfg } from '../lib/darknet/cfg.js';
import { initialWeights } from '../lib/darknet/initial-weights.js';
import type { NetworkLayout } from '../lib/darknet/layout.js';
import { readStartingWeights } from '../lib/darknet/starting-weights.js';
import { readFirstWeights } from '../lib/darknet/weights.js';
import { fetchVerified } from '../lib/download/fetch-verified.js';
import type { YoloTrainParams } from './params.js';

type Context = StageContext<YoloTrainParams>;

interface Network {
  readonly cfg: DarknetCfg;
  readonly layout: NetworkLayout;
  readonly classes: readonly string[];
}

const detectorSchema = z.object({ classes: z.array(z.string()) });

/**
 * The numbers that a training begins with: random ones, over which those of the `weights` file or of the detector bound
 * to `start` are laid.
 * @returns of the network's layout
 * @throws UserError when both are given, or what is given does not fit the network
 */
export async function startingWeights(context: Context, network: Network): Promise<Float32Array> {
  const { cfg, layout } = network;
  const values = initialWeights(cfg, layout, context.seed);
  const { weights } = context.params;
  if (context.hasInput('start')) {
    if (weights !== undefined)
      throw new UserError(
        '`weights` and the input `start` are both given: a training starts from one of them.',
        {
          hint: 'Take one of them out.',
        },
      );
    await takeDetector(context, network, values);
  } else if (weights !== undefined) await takeFile(context, network, weights, values);
  return values;
}

/** Goes on with a detector of the same network and classes. */
async function takeDetector(context: Context, network: Network, values: Float32Array): Promise<void> {
  const start = context.input('start');
  const { classes } = detectorSchema.parse(JSON.parse(await start.readText('detector.json')));
  if (classes.join('\n') !== network.classes.join('\n'))
    throw new UserError(
      `The detector to start from knows ${classes.join(', ')}; the training images show ${network.classes.join(', ')}.`,
      { hint: 'Start from a detector of the same classes, or name its file in `weights`.' },
    );
  const bytes = await start.readBytes('model.weights');
  const taken = readFirstWeights(bytes, network.layout, 'the detector to start from', values);
  context.log(`${taken} convolutions start from the detector of the input start`);
}

async function takeFile(
  context: Context,
  { cfg, layout }: Network,
  weights: NonNullable<YoloTrainParams['weights']>,
  values: Float32Array,
): Promise<void> {
  const [source] = context.sources('weights');
  const path =
    typeof weights === 'string'
      ? source?.path
      : await fetchVerified(weights.url, weights.sha256, { env: context.host.env, signal: context.signal, log: (line) => context.log(line) }); // prettier-ignore
  const name = typeof weights === 'string' ? weights : weights.url;
  if (path === undefined) throw new UserError(`There is no weights file at ${name}.`);
  const { taken, leftOut, format } = await readStartingWeights(path, name, cfg, layout, values);
  context.log(`${taken} convolutions start from ${name} (${format})`);
  if (leftOut.length > 0)
    context.warn(
      `${leftOut.length} heads of ${name} are of other classes and start anew: ${leftOut.join(', ')}.`,
    );
}
