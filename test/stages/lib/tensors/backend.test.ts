import { describe, expect, it } from 'vitest';
import { expectedBackend, nativePackagePath } from '../../../../stages/lib/tensors/backend-choice.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';

const native = nativePackagePath() !== undefined;

describe('the tensor backend', () => {
  it('is the one asked for, by name', async () => {
    expect((await useBackend('cpu')).name).toBe('cpu');
    expect((await useBackend('wasm')).name).toBe('wasm');
  });

  it('auto is what a key expects it to be', async () => {
    expect((await useBackend('auto')).name).toBe(expectedBackend('auto'));
  });

  it.skipIf(native)(
    'a GPU without TensorFlow’s native library is an error, not another backend',
    async () => {
      await expect(useBackend('gpu')).rejects.toThrow('needs the package @tensorflow/tfjs-node-gpu');
      await expect(useBackend('tensorflow')).rejects.toThrow('@tensorflow/tfjs-node-gpu');
    },
  );
});
