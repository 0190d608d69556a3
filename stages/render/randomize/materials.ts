import { z } from 'zod';
import { canonicalJson } from '../../../pipeline/core/canonical-json.js';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { RandomStream } from '../../../pipeline/core/seed.js';
import { drawOf, numberIn, type DrawList } from './draw.js';
import { expectSelector, selectorOf, selectorShape } from './selector.js';
import { surfaceValues } from './surface.js';
import { number, propertiesOf } from './value.js';

const materialValues = {
  ...surfaceValues,
  chance: number('How likely it is that the rule is applied to a frame at all. Default 1.', {
    min: 0,
    max: 1,
  }),
} as const;

const materialRule = z
  .strictObject({
    ...selectorShape,
    material: z.string().min(1).optional().describe('Pattern of material names.'),
    ...propertiesOf(materialValues),
    variants: z
      .number()
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(
        'How many draws a frame gets; the objects are dealt out among them. Default 1: all look alike.',
      ),
  })
  .superRefine(expectSelector);

export const materialsSchema = z
  .array(materialRule)
  .describe('Surfaces of the scene’s objects, rule by rule. Materials are copied first: others keep theirs.');
export type MaterialRule = z.infer<typeof materialRule>;

/** For each rule that applies to the frame: which objects, and the looks that are dealt out among them. */
export function drawMaterials(rules: readonly MaterialRule[]): DrawList {
  const prepared = rules.map((rule) => {
    const selector = {
      ...selectorOf(rule),
      ...(rule.material === undefined ? {} : { material: rule.material }),
    };
    const { chance, ...surface } = materialValues;
    return {
      selector,
      // Rules are known by what they select: one more of them, or another order, moves no other.
      name: canonicalJson(selector),
      chance: drawOf({ chance }, rule),
      surface: drawOf(surface, rule),
      variants: rule.variants ?? 1,
    };
  });
  return (dice, path) =>
    prepared.flatMap(({ selector, name, chance, surface, variants }): JsonObject[] => {
      const place = [...path, name];
      const likely = numberIn(chance(dice, place), 'chance', 1);
      if (new RandomStream(dice.seed, ...place, 'applies').next() >= likely) return [];
      const looks = Array.from({ length: variants }, (_, index) => surface(dice, [...place, index]));
      return [{ select: selector, looks }];
    });
}
