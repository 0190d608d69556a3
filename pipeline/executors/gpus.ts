import { UserError } from '../core/user-error.js';
import type { Exec } from '../stage/context.js';

interface FoundGpu {
  readonly number: number;
  readonly uuid: string;
}

/**
 * Numbers of the GPUs that a run may use: those that nvidia-smi lists, that CUDA_VISIBLE_DEVICES of this process
 * (a cluster's scheduler sets it) leaves, and that `wanted` names.
 * @param wanted numbers of `--gpus`; undefined for all
 * @throws UserError naming a wanted GPU that is not there
 */
export async function usableGpus(
  exec: Exec,
  env: Readonly<Record<string, string | undefined>>,
  wanted: readonly number[] | undefined,
): Promise<readonly number[]> {
  const found = await listGpus(exec, env);
  const visible = visibleGpus(found, env['CUDA_VISIBLE_DEVICES']);
  if (wanted === undefined) return visible;
  const absent = wanted.filter((number) => !visible.includes(number));
  if (absent.length > 0)
    throw new UserError(`--gpus names ${absent.join(', ')}, but ${inWords(found, visible)}.`, {
      hint: '`nvidia-smi -L` lists the GPUs of this machine with their numbers.',
    });
  return wanted;
}

/**
 * The environment in which a program sees these GPUs and no others. CUDA counts by speed unless it is told to count
 * by the PCI bus, as nvidia-smi does.
 */
export function gpuEnvironment(gpus: readonly number[]): Readonly<Record<string, string>> {
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: gpus.join(',') };
}

async function listGpus(
  exec: Exec,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly FoundGpu[]> {
  const inherited = env['PATH'] === undefined ? {} : { PATH: env['PATH'] };
  const options = { env: inherited, reject: false, timeoutMs: 20_000 };
  const result = await exec('nvidia-smi', ['--query-gpu=index,uuid', '--format=csv,noheader'], options).catch(
    // Not installed: there is none that we could hand out.
    () => undefined,
  );
  if (result?.exitCode !== 0) return [];
  return result.stdout.split('\n').flatMap((line) => {
    const [number = '', uuid = ''] = line.split(',').map((word) => word.trim());
    return /^\d+$/.test(number) ? [{ number: Number(number), uuid }] : [];
  });
}

/** CUDA's rule: numbers or beginnings of UUIDs, up to the first that is none. */
function visibleGpus(found: readonly FoundGpu[], setting: string | undefined): readonly number[] {
  if (setting === undefined) return found.map(({ number }) => number);
  const visible: number[] = [];
  for (const word of setting.split(',').map((each) => each.trim())) {
    const gpu = found.find(
      ({ number, uuid }) => String(number) === word || (word !== '' && uuid.startsWith(word)),
    );
    if (!gpu) break;
    visible.push(gpu.number);
  }
  return visible;
}

function inWords(found: readonly FoundGpu[], visible: readonly number[]): string {
  if (found.length === 0) return 'nvidia-smi finds no GPU here';
  if (visible.length < found.length)
    return `of ${found.length} GPUs CUDA_VISIBLE_DEVICES leaves ${visible.join(', ') || 'none'}`;
  return `there are ${visible.join(', ')}`;
}
