/**
 * Eight hues that stay apart under the common kinds of colour blindness (Okabe & Ito 2008), bright enough for dark
 * pictures; neighbours in number are far apart in hue.
 */
const hues = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
  [160, 160, 255],
] as const;

/** The colour of an instance in drawings, as [red, green, blue]. */
export function instanceColour(instance: number): readonly [number, number, number] {
  return hues[Math.abs(instance - 1) % hues.length] ?? hues[0];
}

/** The same for SVG. */
export function instanceCssColour(instance: number): string {
  const [red, green, blue] = instanceColour(instance);
  return `rgb(${red},${green},${blue})`;
}
