import type { ProcessResult } from '../../pipeline/stage/context.js';
import type { HealthHost } from '../../pipeline/stage/health-check.js';

/** What a program prints when a health check calls it; one that is not named here does not start. */
export type FakePrograms = Readonly<Record<string, FakeAnswer | ((args: readonly string[]) => FakeAnswer)>>;
type FakeAnswer = Partial<ProcessResult>;

export function fakeHealthHost(programs: FakePrograms, env: HealthHost['env'] = {}): HealthHost {
  return {
    env,
    storeDirectory: '/nowhere/.pipeline',
    exec: async (file, args, options) => {
      const program = programs[file];
      const result = typeof program === 'function' ? program(args) : program;
      if (result === undefined) throw new Error(`${file} could not be started`);
      const whole = { exitCode: 0, signal: null, stdout: '', stderr: '', ...result };
      if (whole.exitCode !== 0 && options?.reject !== false) throw new Error(`${file} failed`);
      return whole;
    },
  };
}
