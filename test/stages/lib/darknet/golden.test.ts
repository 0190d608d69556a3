import { beforeAll, describe, expect, it } from 'vitest';
import type { Predictor } from '../../../../stages/lib/darknet/network.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';
import {
  differencesOf,
  goldenIsMissing,
  goldenPredictor,
  goldenSets,
  worstOfHeads,
} from '../../../support/golden-darknet.js';

describe.skipIf(goldenIsMissing).each(['wasm', 'cpu'] as const)(
  'against darknet itself on %s (skipped where ../shared/golden/darknet is missing)',
  (backend) => {
    let predictor: Predictor;
    beforeAll(async () => {
      await useBackend(backend);
      predictor = await goldenPredictor();
    });

    it('raw heads are the reference heads to 1e-3', async () => {
      expect(await worstOfHeads(predictor)).toBeLessThan(1e-3);
    });

    it.each(goldenSets.map((set) => ({ set, folder: set[0] })))(
      'in $folder it finds what darknet finds',
      async ({ set }) => {
        const { images, onlyDarknet, onlyOurs } = await differencesOf(predictor, set);
        expect(images).toBeGreaterThan(0);
        expect(onlyDarknet).toEqual([]);
        expect(onlyOurs).toEqual([]);
      },
    );
  },
);
