import { z } from 'zod';
import { ExpressionError, parseExpression } from '../lib/tensors/expression.js';
import { scheduleNames } from '../lib/tensors/schedules.js';

const rate = (fallback: number) =>
  z.number().positive().default(fallback).describe('Learning rate after the warm-up.');
const weightDecay = z
  .number()
  .min(0)
  .default(0.0005)
  .describe('Decay of the convolutions’ kernels; shifts and scales do not decay.');
const betas = {
  beta1: z.number().min(0).lt(1).default(0.9).describe('Share of the old mean gradient in the new.'),
  beta2: z.number().min(0).lt(1).default(0.99).describe('Share of the old mean square in the new.'),
};

const optimizerUnion = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('adamw').describe('Adam with decoupled weight decay (Loshchilov & Hutter 2019).'),
    rate: rate(0.002),
    ...betas,
    weightDecay,
  }),
  z.strictObject({
    name: z.literal('adam').describe('Adam; weight decay is part of the gradient (Kingma & Ba 2015).'),
    rate: rate(0.002),
    ...betas,
    weightDecay,
  }),
  z.strictObject({
    name: z.literal('sgd').describe('Stochastic gradient descent with momentum, as darknet trains.'),
    rate: rate(0.001),
    momentum: z.number().min(0).max(1).default(0.9).describe('Share of the last step in the next.'),
    weightDecay,
  }),
]);

/** How gradients become steps. */
const optimizerSchema = optimizerUnion.prefault({ name: 'adamw' }).describe('How gradients become steps.');

const final = z.number().positive().max(1).default(0.01).describe('The last rate, relative to the first.');

const decaySchema = z
  .discriminatedUnion('name', [
    z.strictObject({ name: z.literal('constant').describe('The rate stays.') }),
    z.strictObject({ name: z.literal('cosine').describe('Falls along half a cosine.'), final }),
    z.strictObject({
      name: z.literal('restarts').describe('Cosines with warm restarts (SGDR).'),
      epochs: z.number().positive().default(10).describe('Length of the first cosine.'),
      factor: z.number().min(1).default(2).describe('How much longer each cosine is than the one before.'),
      final,
    }),
    z.strictObject({
      name: z.literal('steps').describe('Falls at once at given places.'),
      at: z
        .array(z.number().min(0).max(1))
        .min(1)
        .default([0.8, 0.9])
        .describe('The places, as shares of the training.'),
      factor: z.number().positive().max(1).default(0.1).describe('What the rate is multiplied by there.'),
    }),
    z.strictObject({ name: z.literal('exponential').describe('Falls by the same factor each step.'), final }),
    z.strictObject({
      name: z.literal('lambda').describe('A formula.'),
      expression: z
        .string()
        .superRefine((text, context) => {
          try {
            parseExpression(text, scheduleNames);
          } catch (error) {
            if (!(error instanceof ExpressionError)) throw error;
            context.addIssue({ code: 'custom', message: error.message });
          }
        })
        .describe(
          'What the rate is multiplied by: numbers, + - * / % ^, comparisons, `a ? b : c`, min, max, exp, log, sqrt, cos, … of step, steps, epoch, epochs and progress (0–1), e.g. `0.95 ^ epoch`.',
        ),
    }),
    z.strictObject({
      name: z.literal('plateau').describe('Falls when validation no longer gets better.'),
      factor: z.number().positive().lt(1).default(0.1).describe('What the rate is multiplied by then.'),
      patience: z.number().int().min(0).default(3).describe('Validations without a better AP50 to wait.'),
      least: z.number().min(0).max(1).default(0.001).describe('The lowest rate, relative to the first.'),
    }),
  ])
  .prefault({ name: 'cosine' })
  .describe('How the rate falls after the warm-up.');

const warmupSchema = z
  .strictObject({
    share: z.number().min(0).max(1).default(0.05).describe('Share of the training that it takes.'),
    from: z.number().min(0).max(1).default(0).describe('The first rate, relative to the full one.'),
    shape: z
      .enum(['linear', 'exponential', 'power'])
      .default('linear')
      .describe(
        'linear; exponential: by the same factor each step (`from` above 0); power: darknet’s burn-in, (step/steps)⁴.',
      ),
  })
  .refine(({ shape, from }) => shape !== 'exponential' || from > 0, {
    message: 'an exponential warm-up starts above 0',
    path: ['from'],
  })
  .prefault({})
  .describe('How the rate rises at the beginning.');

/** The learning rate over time. */
const scheduleSchema = z
  .strictObject({ warmup: warmupSchema, decay: decaySchema })
  .prefault({})
  .describe('The learning rate over time. `pipeline plot-schedule` draws it.');

const freezeSchema = z
  .union([z.literal('backbone'), z.number().int().min(0)])
  .describe(
    'Layers that stay as they are, batch normalisation included: the first so many of the cfg, or `backbone`: up to the last [shortcut] (where there is none, [maxpool]) before the first [yolo].',
  );

const clipSchema = z
  .number()
  .positive()
  .describe('Longest gradient (norm over all trained numbers); longer ones are shortened to it.');

const accumulateSchema = z
  .number()
  .int()
  .min(1)
  .describe('Batches whose gradients are added up for one step of the optimizer.');

const batchSchema = z.number().int().min(1).describe('Images a batch.');
const epochsSchema = z.number().int().min(1).describe('How often each image is seen.');

/** What is said once for the whole training, and may be said otherwise for a phase. */
export const optimizationFields = {
  epochs: epochsSchema.default(50),
  batch: batchSchema.default(8),
  accumulate: accumulateSchema.default(1),
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  freeze: freezeSchema.default(0),
  clip: clipSchema.optional(),
  phases: z
    .array(
      z.strictObject({
        name: z.string().min(1).optional().describe('What people call it.'),
        epochs: epochsSchema,
        batch: batchSchema.optional(),
        accumulate: accumulateSchema.optional(),
        optimizer: optimizerUnion.optional().describe('Starts afresh in each phase.'),
        schedule: scheduleSchema.unwrap().optional().describe('Over this phase alone.'),
        freeze: freezeSchema.optional(),
        clip: clipSchema.optional(),
      }),
    )
    .min(1)
    .optional()
    .describe(
      'Parts of the training one after the other, e.g. with the backbone frozen and then without. Each may set batch, accumulate, optimizer, schedule, freeze and clip otherwise than the training as a whole; `epochs` of the whole is then not used.',
    ),
};

export type OptimizerParams = z.infer<typeof optimizerSchema>;
export type ScheduleParams = z.infer<typeof scheduleSchema>;
export type OptimizationParams = z.output<z.ZodObject<typeof optimizationFields, z.core.$strict>>;
