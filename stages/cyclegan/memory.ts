import { UserError } from '../../pipeline/core/user-error.js';
import { gammaOf, modelShapeOf, type CycleGanParams } from './params.js';
import { modelOf } from './model.js';

const MB = 1024 ** 2;

/**
 * Tensors as large as the first convolution's result that one pass of a generator with its gradients holds. Reckoned
 * from the layers, at the safe side: a block has six at a sixteenth of the area and four times the width, the rest
 * stands at the full size. Not measured.
 */
const TENSORS_A_BLOCK = 1.5;
const TENSORS_OUTSIDE = 16;
/** The same of a discriminator that looks at what went there and back; that of translations is within the safe side. */
const TENSORS_A_JUDGE = 1.5;

/** About how many bytes a worker takes for a step. */
function trainingBytes(params: CycleGanParams, crop: number): number {
  const { mode, width, judgeWidth, blocks, batch, bayesian } = params;
  const { length, encoder } = modelOf(modelShapeOf(params));
  const samples = mode === 'bayesian' ? bayesian.samples : 1;
  const tensors = TENSORS_OUTSIDE + TENSORS_A_BLOCK * blocks;
  const generators = 2 * samples * tensors * width * batch;
  const encoders = encoder ? (samples + 1) * TENSORS_OUTSIDE * encoder.width : 0;
  const judges = gammaOf(params) > 0 ? samples * TENSORS_A_JUDGE * judgeWidth * batch : 0;
  return (generators + encoders + judges) * crop ** 2 * 4 + 2 * 4 * length;
}

/** @throws UserError when a step takes more than is allowed, with the crop that fits */
export function checkTrainingMemory(params: CycleGanParams): void {
  const allowed = params.memoryMb * MB;
  const needed = trainingBytes(params, params.crop);
  if (needed <= allowed) return;
  let fits = params.crop;
  while (fits >= 4 && trainingBytes(params, fits) > allowed) fits -= 4;
  throw new UserError(
    `A step takes about ${Math.round(needed / MB)} MB a worker; memoryMb allows ${params.memoryMb}.`,
    {
      hint:
        fits >= 24
          ? `\`crop: ${fits}\` fits; so may a smaller \`width\`, \`blocks\` or \`batch\`.`
          : 'No crop fits: lower `width`, `blocks` or `batch`, or raise `memoryMb`.',
    },
  );
}
