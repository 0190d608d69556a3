import { describe, expect, expectTypeOf, it } from 'vitest';
import { definePipeline } from '../../stages/authoring.js';
import type { ProgramStage } from '../../stages/define-pipeline.js';

/** The compiler runs these tests: where it finds no mistake in a line that has one, `npm run check:types` fails. */
describe('a pipeline in TypeScript', () => {
  const frames = { uses: 'render', with: { scene: './scene.py', frames: 4 } } as const;
  const synthetic = { uses: 'annotate', in: { frames: 'frames' } } as const;

  it('is what it was written as', () => {
    const pipeline = definePipeline({
      version: 1,
      seed: 7,
      vars: { epochs: 3 },
      stages: {
        frames,
        synthetic,
        cut: { uses: 'split', in: { dataset: 'synthetic' }, with: { train: 0.5 } },
        set: {
          uses: 'merge',
          matrix: { arm: { half: ['cut.train'], all: ['cut.train', 'synthetic'] } },
          in: { datasets: '${matrix.arm}' },
        },
        all: {
          uses: 'merge',
          in: { datasets: ['synthetic', 'cut.validation', 'blurred', 'blurred.images'] },
        },
        blurred: { uses: './blur.ts', in: { images: 'synthetic' }, with: { radius: 2 } },
        found: {
          uses: 'detect',
          matrix: { t: [0.1, 0.2] },
          in: { detector: 'net', images: 'cut.test' },
          with: { threshold: '${matrix.t}' },
        },
        net: { uses: './net.ts' },
      },
    });
    expect(pipeline.stages.synthetic).toEqual({ uses: 'annotate', in: { frames: 'frames' } });
  });

  // prettier-ignore
  it('shows an editor what is wrong with it', () => {
    // @ts-expect-error a parameter that the kind does not have
    definePipeline({ version: 1, stages: { frames, s: { uses: 'annotate', in: { frames: 'frames' }, with: { minVisibel: 1 } } } });
    // @ts-expect-error a parameter of the wrong type
    definePipeline({ version: 1, stages: { frames, s: { uses: 'annotate', in: { frames: 'frames' }, with: { minVisible: 'much' } } } });
    // @ts-expect-error a required parameter is missing
    definePipeline({ version: 1, stages: { frames: { uses: 'render', with: { frames: 4 } } } });
    // @ts-expect-error a kind that does not exist
    definePipeline({ version: 1, stages: { frames: { uses: 'rendr', with: {} } } });
    // @ts-expect-error a stage that does not exist
    definePipeline({ version: 1, stages: { frames, s: { uses: 'annotate', in: { frames: 'frmes' } } } });
    // @ts-expect-error an artifact of the wrong type
    definePipeline({ version: 1, stages: { frames, synthetic, s: { uses: 'annotate', in: { frames: 'synthetic' } } } });
    // @ts-expect-error one of several outputs has to be named
    definePipeline({ version: 1, stages: { frames, synthetic, c: { uses: 'split', in: { dataset: 'synthetic' } }, d: { uses: 'split', in: { dataset: 'c' } } } });
    // @ts-expect-error an input that the kind does not have
    definePipeline({ version: 1, stages: { frames, s: { uses: 'annotate', in: { frames: 'frames', more: 'frames' } } } });
    // @ts-expect-error an input is missing
    definePipeline({ version: 1, stages: { frames, s: { uses: 'annotate' } } });
    // @ts-expect-error a list where one artifact is taken
    definePipeline({ version: 1, stages: { frames, s: { uses: 'annotate', in: { frames: ['frames'] } } } });
    expect.assertions(0);
  });

  it('knows the types of every stage kind (defineStage without type arguments keeps them)', () => {
    type Typed<K> = K extends { readonly types?: infer T } ? (T extends { kind: string } ? K : never) : never;
    expectTypeOf<Exclude<ProgramStage, Typed<ProgramStage>>>().toBeNever();
  });
});
