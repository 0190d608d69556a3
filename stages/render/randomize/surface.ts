import { number } from './value.js';

/** What a surface may be given; shared by materials, distractors and occluders. */
export const surfaceValues = {
  hue: number('Turns the hue by this share of the circle.', { min: -1, max: 1 }),
  saturation: number('Factor of the saturation.', { min: 0, max: 10 }),
  value: number('Factor of the brightness.', { min: 0, max: 10 }),
  colour: {
    kind: { kind: 'colour' },
    description: 'A colour [red, green, blue], linear, 0–1, in place of its own.',
  },
  roughness: number('0 is a mirror, 1 is chalk.', { min: 0, max: 1 }),
  metallic: number('0 or 1; between them for worn surfaces.', { min: 0, max: 1 }),
  texture: {
    kind: { kind: 'file' },
    description: 'An image in place of its colour: { glob: ./textures/*.jpg }.',
  },
  textureScale: number('How often the texture repeats over a metre. Default 1.', { min: 0.001 }),
} as const;
