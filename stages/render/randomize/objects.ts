import { z } from 'zod';
import { canonicalJson } from '../../../pipeline/core/canonical-json.js';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { drawOf, numberIn, undrawn, type DrawObject } from './draw.js';
import { expectSelector, selectorOf, selectorShape } from './selector.js';
import { number, propertiesOf } from './value.js';

/** Drawn for each object by its name, inside Blender, which alone knows how many there are. */
const jitterValues = {
  x: number('Metres along x.'),
  y: number('Metres along y.'),
  z: number('Metres along z.'),
  turnX: number('Degrees about its own x axis.'),
  turnY: number('Degrees about its own y axis.'),
  turnZ: number('Degrees about its own z axis.'),
  scale: number('Factor of its size.', { min: 0.001 }),
} as const;

const chooseValues = {
  count: number('How many of the collection’s objects stay; the others are hidden.', { min: 0, whole: true }),
} as const;

const scatterValues = {
  copies: number('How many of each there are; the first is the object itself. Default 1.', {
    min: 0,
    max: 1000,
    whole: true,
  }),
} as const;

/** Drawn for each place that is tried. */
const placeValues = {
  turnZ: number('Degrees about the vertical. Default 0 to 360.'),
  scale: number('Factor of its size. Default 1.', { min: 0.001 }),
} as const;

const interval = z.tuple([z.number(), z.number()]);

const jitterRule = z
  .strictObject({ ...selectorShape, ...propertiesOf(jitterValues) })
  .superRefine(expectSelector);
const chooseRule = z.strictObject({
  collection: z.string().min(1).describe('Pattern of collection names.'),
  ...propertiesOf(chooseValues),
});
const scatterRule = z
  .strictObject({
    ...selectorShape,
    ...propertiesOf(scatterValues),
    ...propertiesOf(placeValues),
    on: z.string().min(1).optional().describe('Pattern of the objects on whose top they are put.'),
    x: interval.optional().describe('[from, to] in metres, where `on` is not given.'),
    y: interval.optional().describe('[from, to] in metres.'),
    z: z.number().optional().describe('Height of the ground in metres. Default 0.'),
    gap: z.number().min(0).optional().describe('Metres that are kept free between them. Default 0.'),
  })
  .superRefine(expectSelector)
  .superRefine((rule, context) => {
    if (rule.on === undefined && (rule.x === undefined || rule.y === undefined))
      context.addIssue({ code: 'custom', message: 'say where: on, or x and y', input: rule });
  });

export const objectsSchema = z
  .strictObject({
    choose: z.array(chooseRule).optional().describe('Keeps some objects of a collection.'),
    scatter: z
      .array(scatterRule)
      .optional()
      .describe('Puts objects (with what is parented to them) on the ground where they touch nothing.'),
    jitter: z.array(jitterRule).optional().describe('Moves, turns and scales objects from where they are.'),
  })
  .describe('Which objects there are and where they are: choose, then scatter, then jitter.');
type ScatterRule = z.infer<typeof scatterRule>;
export type ObjectsBlock = z.infer<typeof objectsSchema>;

/** What is chosen, scattered and jittered. How far each object moves is drawn in Blender, out of the same streams. */
export function drawObjects(block: ObjectsBlock): DrawObject {
  const choose = (block.choose ?? []).map((rule) => ({ rule, draw: drawOf(chooseValues, rule) }));
  const scatter = (block.scatter ?? []).map((rule) => ({ rule, draw: drawOf(scatterValues, rule) }));
  const jitter = (block.jitter ?? []).map((rule): JsonObject => ({
    select: selectorOf(rule),
    values: undrawn(jitterValues, rule),
  }));
  return (dice, path): JsonObject => ({
    ...(choose.length === 0
      ? {}
      : {
          choose: choose.map(({ rule, draw }): JsonObject => {
            const drawn = draw(dice, [...path, 'choose', rule.collection]);
            return { collection: rule.collection, count: numberIn(drawn, 'count', 1) };
          }),
        }),
    ...(scatter.length === 0
      ? {}
      : {
          scatter: scatter.map(({ rule, draw }): JsonObject => {
            const select = selectorOf(rule);
            const drawn = draw(dice, [...path, 'scatter', canonicalJson(select)]);
            return {
              select,
              copies: numberIn(drawn, 'copies', 1),
              place: rule.on === undefined ? areaOf(rule) : { on: rule.on },
              gap: rule.gap ?? 0,
              values: undrawn(placeValues, rule),
            };
          }),
        }),
    ...(jitter.length === 0 ? {} : { jitter }),
  });
}

function areaOf({ x, y, z: ground }: ScatterRule): JsonObject {
  return { x: x ?? [0, 0], y: y ?? [0, 0], z: ground ?? 0 };
}
