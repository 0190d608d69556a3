/**
 * The picture of a night camera made out of one in visible light. Sensors see about 850 nm through all three colour
 * filters; the camera's own lamp sits beside its lens; and gain makes up for the little light that comes back.
 */

/** How far a colour's strongest channel counts: dyes that absorb red let the near infrared pass. */
const dyeShare = 0.55;
/** Skin reflects red and near infrared alike, whatever its tone; green and blue say little. */
const weights = [0.75, 0.2, 0.05] as const;
/** What is dark in visible light is seldom dark here: gain lifts it, most of all what is brown (skin, hair, wood). */
const gamma = 0.8;
const gammaOfBrown = 0.45;
/** The lamp's cone: light in the middle, and how steeply it falls off to the corners. */
const middleLight = 1.35;
const fallOff = 1.9;
/** Scattered in the lens and never quite black. */
const veil = 0.012;
/** In steps of 255: of a pixel where it is dark and where it is light, and of a whole row as it is read out. */
const darkNoise = 8;
const lightNoise = 3.5;
const rowNoise = 1.4;

/** @param rgb linear, 0–1 @param distanceSquared from the middle of the picture, 1 in its corners @returns linear grey */
export function infraredGrey(rgb: readonly number[], distanceSquared: number): number {
  const [red = 0, green = 0, blue = 0] = rgb;
  const passed = red * weights[0] + green * weights[1] + blue * weights[2];
  const reflected = dyeShare * Math.max(red, green, blue) + (1 - dyeShare) * passed;
  // Skin of all tones, hair and wood are far lighter in the near infrared than they look: 0 is grey, 1 deep orange.
  const brown = red > green && green >= blue ? (red - blue) / Math.max(red, 1e-6) : 0;
  const exponent = gamma + (gammaOfBrown - gamma) * brown;
  const lamp = middleLight * Math.exp(-fallOff * distanceSquared);
  return veil + (1 - veil) * Math.max(0, reflected) ** exponent * lamp;
}

/** The noise of a pixel and of its row, in steps of 255. @param grey 0–255 @param noise draws normal numbers */
export function infraredNoise(grey: number, rowOffset: number, noise: () => number): number {
  const lightness = Math.min(1, Math.max(0, grey / 255));
  return (darkNoise + (lightNoise - darkNoise) * lightness) * noise() + rowNoise * rowOffset;
}
