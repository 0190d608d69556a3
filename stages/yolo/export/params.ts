import { z } from 'zod';

export const exportFormats = ['darknet', 'onnx', 'tfjs', 'tfjs-graph'] as const;

export const exportParams = z.strictObject({
  formats: z
    .array(z.enum(exportFormats))
    .min(1)
    .optional()
    .describe(
      'darknet: cfg, weights and names. onnx: model.onnx and a program that runs it with onnxruntime-node alone. tfjs: a TensorFlow.js layers model, which cannot have the layers of MobileNet. tfjs-graph: a TensorFlow.js graph model, which has all layers. Where nothing is said: all of them that the network can be.',
    ),
  onnx: z
    .strictObject({
      outputs: z
        .enum(['heads', 'boxes', 'suppressed'])
        .default('boxes')
        .describe(
          'What the model gives: raw heads; boxes and scores; or these and the choice of non-maximum suppression. detect.mjs needs boxes.',
        ),
      threshold: z.number().min(0).max(1).default(0.25).describe('Least score (suppressed)'),
      nms: z
        .number()
        .min(0)
        .max(1)
        .default(0.45)
        .describe('Overlap from which the weaker box goes (suppressed)'),
      maxDetections: z
        .number()
        .int()
        .min(1)
        .default(100)
        .describe('At most so many boxes of a class in an image (suppressed)'),
    })
    .prefault({})
    .describe('The ONNX model'),
});
export type ExportParams = z.output<typeof exportParams>;
