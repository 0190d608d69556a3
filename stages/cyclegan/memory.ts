import { UserError } from '../../pipeline/core/user-error.js';
import { modelOf, type NetworkName } from './model.js';
import { gammaOf, modelShapeOf, type CycleGanParams } from './params.js';
import { SMALLEST_JUDGED_PX } from './networks/sizes.js';

const MB = 1024 ** 2;

/**
 * Tensors of a network's first convolution's size that a pass and its gradients hold: measured on WebAssembly over crops
 * of 64 to 256 pixels, widths of 16 to 64, 1 to 9 blocks, all modes (peaks of 19 to 2218 MB, of which this reckons 1 to
 * 1.3 times as much).
 */
const TENSORS_OUTSIDE = 30;
const TENSORS_A_BLOCK = 3.5;
const TENSORS_A_JUDGE = 9;
/** Copies of a generator's numbers, with their gradients and what convolutions make of kernels; a discriminator's. */
const COPIES_OF_GENERATORS = 3;
const COPIES_OF_OTHERS = 1.3;
/** CUT compares so many descriptions of 256 numbers of each patch, and patches with patches, at five places. */
const DESCRIPTIONS = 60;
const COMPARISONS = 20;
const DESCRIBED_BY = 256;

const GENERATORS: readonly NetworkName[] = ['forward', 'back'];

/** About how many bytes a worker takes for a step. */
function trainingBytes(params: CycleGanParams, crop: number): number {
  const { mode, width, judgeWidth, blocks, batch, bayesian, cut } = params;
  const { networks, encoder } = modelOf(modelShapeOf(params));
  const numbers = networks.reduce(
    (sum, { name, layout }) =>
      sum + (GENERATORS.includes(name) ? COPIES_OF_GENERATORS : COPIES_OF_OTHERS) * layout.length,
    0,
  );
  const samples = mode === 'bayesian' ? bayesian.samples : 1;
  const generators = 2 * samples * (TENSORS_OUTSIDE + TENSORS_A_BLOCK * blocks) * width * batch;
  const encoders = encoder ? (samples + 1) * TENSORS_OUTSIDE * encoder.width : 0;
  const judges = (gammaOf(params) > 0 ? 2 : 1) * samples * TENSORS_A_JUDGE * judgeWidth * batch;
  const patches =
    mode === 'cut' ? (DESCRIPTIONS * DESCRIBED_BY + COMPARISONS * cut.patches) * cut.patches : 0;
  return 4 * (numbers + (generators + encoders + judges) * crop ** 2 + patches);
}

/** @throws UserError when a step takes more than is allowed, with the crop that fits */
export function checkTrainingMemory(params: CycleGanParams): void {
  const allowed = params.memoryMb * MB;
  const needed = trainingBytes(params, params.crop);
  if (needed <= allowed) return;
  let fits = params.crop;
  while (fits >= SMALLEST_JUDGED_PX && trainingBytes(params, fits) > allowed) fits -= 4;
  throw new UserError(
    `A step takes about ${Math.round(needed / MB)} MB a worker; memoryMb allows ${params.memoryMb}.`,
    {
      hint:
        fits >= SMALLEST_JUDGED_PX
          ? `\`crop: ${fits}\` fits; so may a smaller \`width\`, \`blocks\` or \`batch\`.`
          : 'No crop fits: lower `width`, `blocks` or `batch`, or raise `memoryMb`.',
    },
  );
}
