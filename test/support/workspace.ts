import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '../../pipeline/cli/main.js';
import type { RunEvent } from '../../pipeline/events/event.js';
import type { CommandEntry } from '../../pipeline/stage/command.js';
import { StageLibrary } from '../../pipeline/stage/library.js';
import { stageRegistry, type StageRegistry } from '../../pipeline/stage/registry.js';
import { commandStage } from '../../stages/command/stage.js';

/** What a call of the command line printed and answered. */
export interface CommandResult {
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
  /** The events of `run --json`. */
  readonly events: readonly RunEvent[];
}

/** A folder with a pipeline file in it, and the command line over it, in this process. */
export class Workspace {
  private constructor(
    readonly directory: string,
    readonly registry: StageRegistry,
    readonly commands: readonly CommandEntry[],
  ) {}

  /** A fresh folder, gone after the test. @param files relative path → content */
  static async create(
    files: Readonly<Record<string, string>>,
    registry: StageRegistry = stageRegistry([commandStage]),
    commands: readonly CommandEntry[] = [],
  ): Promise<Workspace> {
    const workspace = new Workspace(await mkdtemp(join(tmpdir(), 'darkroom-')), registry, commands);
    onTestFinished(() => rm(workspace.directory, { recursive: true, force: true }));
    for (const [path, content] of Object.entries(files)) await workspace.write(path, content);
    return workspace;
  }

  get stages(): StageLibrary {
    return new StageLibrary(
      Object.fromEntries([...this.registry].map(([name, kind]) => [name, () => Promise.resolve(kind)])),
    );
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await writeFile(this.path(path), content);
  }

  async read(path: string): Promise<string> {
    return readFile(this.path(path), 'utf8');
  }

  /** Names in a folder, sorted, without the engine's own marker. */
  async list(path: string): Promise<string[]> {
    return (await readdir(this.path(path))).filter((name) => !name.startsWith('.')).sort();
  }

  async command(...argv: readonly string[]): Promise<CommandResult> {
    return this.commandUntil(new AbortController().signal, ...argv);
  }

  async commandUntil(signal: AbortSignal, ...argv: readonly string[]): Promise<CommandResult> {
    const out: string[] = [];
    const error: string[] = [];
    const exitCode = await runCommandLine(
      argv.map((word) => word.replace(/^@/, `${this.directory}/`)),
      {
        version: '0.0.0',
        stages: this.stages,
        commands: this.commands,
        modules: { darkroom: () => import('../../stages/authoring.js'), zod: () => import('zod') },
        healthChecks: async () => [],
        templatesDirectory: this.path('templates'),
      },
      { out: (line) => void out.push(line), error: (line) => void error.push(line) },
      signal,
    );
    const events = out.filter((line) => line.startsWith('{"')).map((line) => JSON.parse(line) as RunEvent);
    return { exitCode, out: out.join('\n'), error: error.join('\n'), events };
  }

  /** Runs the workspace's pipeline.yaml and answers with what happened to each stage. */
  async run(
    ...argv: readonly string[]
  ): Promise<CommandResult & { readonly stages: Readonly<Record<string, string>> }> {
    const result = await this.command('run', '@pipeline.yaml', '--json', ...argv);
    const stages: Record<string, string> = {};
    for (const event of result.events)
      if ('stage' in event && /^stage-(reused|succeeded|failed|blocked|interrupted)$/.test(event.type))
        stages[event.stage] = event.type.slice('stage-'.length);
    return { ...result, stages };
  }
}

/** How many items of a stage were made in a run, and how many came out of the store. */
export function itemCounts(
  events: readonly RunEvent[],
  stage: string,
): { made: number; reused: number } | undefined {
  for (const event of events)
    if (event.type === 'stage-items' && event.stage === stage)
      return { made: event.total - event.reused, reused: event.reused };
  return undefined;
}
