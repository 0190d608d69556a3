/** The least side of an image that a discriminator makes one number of. Apart from it, so that params load without tensors. */
export const SMALLEST_JUDGED_PX = 24;

/** Sides of an image that goes into a generator are multiples of it. */
export const GENERATOR_STRIDE = 4;
