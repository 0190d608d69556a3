import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { hasErrorCode } from '../../pipeline/core/error-code.js';
import { productRoot } from '../../pipeline/core/product-root.js';
import type { RunEvent } from '../../pipeline/events/event.js';

const program = join(productRoot(), 'dist/stages/main.js');
const script = join(productRoot(), 'test/support/slurm-cluster.sh');

/** A `pipeline run --executor slurm --json` that goes on. */
export interface GoingRun {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly events: readonly RunEvent[] }>;
}

/** Two virtual nodes of a real Slurm on this machine (slurm-cluster.sh). */
export class TestCluster {
  private constructor(readonly directory: string) {}

  /** @throws when Slurm is not installed or does not come up */
  static async up(): Promise<TestCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'darkroom-slurm-'));
    const cluster = new TestCluster(directory);
    try {
      await execa(script, ['up', directory], { stdio: 'ignore' });
    } catch (error) {
      await cluster.down();
      throw error;
    }
    return cluster;
  }

  async down(): Promise<void> {
    await execa(script, ['down', this.directory], { reject: false, stdio: 'ignore' });
    await rm(this.directory, { recursive: true, force: true });
  }

  get env(): Readonly<Record<string, string>> {
    return {
      SLURM_CONF: join(this.directory, 'slurm.conf'),
      DARKROOM_FARM_POLL: '1s',
      DARKROOM_FARM_GRACE: '4s',
    };
  }

  /** One of Slurm's commands. @returns what it printed */
  async command(name: string, ...args: readonly string[]): Promise<string> {
    return (await execa(name, [...args], { env: this.env })).stdout;
  }

  /** A command of the built program. */
  async program(
    ...words: readonly string[]
  ): Promise<{ readonly exitCode?: number; readonly stdout: string }> {
    return execa(process.execPath, [program, ...words], { env: this.env, reject: false });
  }

  run(folder: string, ...args: readonly string[]): GoingRun {
    return this.runWith({}, folder, ...args);
  }

  /** @param env further variables */
  runWith(env: Readonly<Record<string, string>>, folder: string, ...args: readonly string[]): GoingRun {
    const words = [program, 'run', folder, '--executor', 'slurm', '--json', ...args];
    const child = spawn(process.execPath, words, {
      env: { ...process.env, ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return {
      child,
      ended: ended.then((exitCode) => ({
        exitCode,
        events: text
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as RunEvent),
      })),
    };
  }

  /** A node without power: its daemon, and then all that runs of its tasks. */
  async killNode(node: string): Promise<void> {
    this.killDaemon(`slurmd-${node}`);
    const own = await this.#processesOf(node);
    // Those who watch over tasks first: they would tell the controller how the tasks ended.
    for (const pid of [...own.watchers, ...own.tasks]) killIfThere(pid);
  }

  /** The ids of a node's tasks' processes, by their environment, and of those that started them. */
  async #processesOf(node: string): Promise<{ readonly watchers: Set<number>; readonly tasks: Set<number> }> {
    const tasks = new Set<number>();
    const watchers = new Set<number>();
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
      const variables = environment.split('\0');
      if (!variables.includes(`SLURMD_NODENAME=${node}`)) continue;
      if (!variables.includes(`SLURM_CONF=${this.env['SLURM_CONF'] ?? ''}`)) continue;
      tasks.add(Number(name));
      const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
      const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
      const command = await readFile(`/proc/${parent}/comm`, 'utf8').catch(() => '');
      if (command.startsWith('slurmstepd')) watchers.add(parent);
    }
    return { watchers, tasks };
  }

  /** Kills a daemon as a power cut would: `ctld`, `slurmd-n1`. */
  killDaemon(name: string): void {
    const pid = Number(readFileSync(join(this.directory, 'run', `${name}.pid`), 'utf8'));
    process.kill(pid, 'SIGKILL');
  }

  async startController(): Promise<void> {
    await execa(script, ['controller', this.directory], { stdio: 'ignore' });
  }

  async startNode(node: string): Promise<void> {
    await execa(script, ['node', this.directory, node], { stdio: 'ignore' });
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

/** Waits until something is so. @throws after a minute and a half */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 450; tries++) {
    if (await isSo()) return;
    await pause(200);
  }
  throw new Error(`It did not come to be: ${what}.`);
}

/** Lines of a file; none when it is not there. */
export async function linesOf(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
