/** How images get to the size of a network's input. */
export const resizeChoices = ['sharp', 'darknet'] as const;

/**
 * The size that an image is shrunk to while it is decoded: to twice the input, which does not alias, or not at all, as
 * darknet does.
 */
export function shrinkTo(
  { width, height }: { readonly width: number; readonly height: number },
  resize: (typeof resizeChoices)[number],
): { readonly width: number; readonly height: number } | undefined {
  return resize === 'darknet' ? undefined : { width: 2 * width, height: 2 * height };
}
