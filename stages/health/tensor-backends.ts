import type { HealthCheck, HealthHost } from '../../pipeline/stage/health-check.js';
import { childEnvironment } from './child-environment.js';

const backendNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
type BackendName = (typeof backendNames)[number];

/** Starts a tensor backend and says what it runs on; rejects where it does not start. */
export type StartBackend = (name: BackendName) => Promise<{ readonly device: string }>;

type BackendState =
  | { readonly device: string; readonly problem?: never }
  | { readonly device?: never; readonly problem: string };

/**
 * Which tensor backends start here, and on what. Networks need one of them; a GPU is a matter of speed.
 * @param load loads TensorFlow.js, which is heavy: only when the check runs
 */
export function tensorBackendsCheck(load: () => Promise<StartBackend>): HealthCheck {
  return {
    name: 'tensors',
    run: async (host) => {
      const start = await load();
      const states = new Map<BackendName, BackendState>();
      for (const name of backendNames) states.set(name, await tryBackend(start, name));
      const gpus = await namesOfGpus(host);
      const lines = [...states].map(([name, state]) =>
        state.problem === undefined ? `${name}: ${state.device}` : `${name}: not here (${state.problem})`,
      );
      const found = [...lines, `NVIDIA GPUs: ${gpus.join(', ') || 'none found'}`].join('\n');
      const detail = { backends: Object.fromEntries(states), gpus };
      const isUsable = [...states.values()].some((state) => state.problem === undefined);
      if (!isUsable) return { state: 'missing', found, remedy: 'Reinstall the packages: npm ci', detail };
      const card = states.get('webgpu')?.device;
      const usesCard = card !== undefined && !card.includes('in software');
      if (usesCard || /gpu/i.test(states.get('tensorflow')?.device ?? ''))
        return { state: 'ok', found, detail };
      return { state: 'warning', found, remedy: gpuRemedy(gpus), detail };
    },
  };
}

async function tryBackend(start: StartBackend, name: BackendName): Promise<BackendState> {
  try {
    const { device } = await start(name);
    return { device };
  } catch (error) {
    const [firstLine = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { problem: firstLine };
  }
}

async function namesOfGpus(host: HealthHost): Promise<readonly string[]> {
  const options = { env: childEnvironment(host.env), timeoutMs: 20_000 };
  const output = await host
    .exec('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], options)
    .then((result) => result.stdout)
    .catch(() => '');
  return output.split('\n').filter((line) => line.trim() !== '');
}

function gpuRemedy(gpus: readonly string[]): string {
  return gpus.length === 0
    ? 'No GPU that can be used: training runs on the CPU. Small networks train well so.'
    : 'A GPU is here, but TensorFlow does not use it: npm install @tensorflow/tfjs-node-gpu, with CUDA 11.2 or ' +
        '11.8 and cuDNN 8';
}
