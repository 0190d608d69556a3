/**
 * Gaussian noise of a seed, fast enough for every pixel: xoshiro128** (Blackman & Vigna 2018), seeded through
 * splitmix32, and Box & Muller 1958. Streams by name (RandomStream) are a hundred times slower.
 */
export function gaussianNoise(seed: number): () => number {
  const [first, second, third, fourth] = [1, 2, 3, 4].map((step) => splitmix(seed, step));
  let a = first ?? 1;
  let b = second ?? 2;
  let c = third ?? 3;
  let d = fourth ?? 4;
  const next = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result / 2 ** 32;
  };
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function splitmix(seed: number, step: number): number {
  let value = (seed + Math.imul(step, 0x9e3779b9)) | 0;
  value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
  return value ^ (value >>> 15);
}
