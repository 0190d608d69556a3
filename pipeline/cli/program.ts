import type { ProvidedModules } from '../file/load-module.js';
import type { CommandEntry } from '../stage/command.js';
import type { StageLibrary } from '../stage/library.js';
import type { HealthCheck } from '../stage/health-check.js';

/** What the engine's command line is made of; the program that owns the stage kinds hands it in. */
export interface Program {
  readonly version: string;
  readonly stages: StageLibrary;
  /** What pipeline.ts files and stages of the user's import by name: the program's own package, zod. */
  readonly modules?: ProvidedModules;
  /** Commands that its stages bring along. */
  readonly commands?: readonly CommandEntry[];
  /** What `pipeline doctor` looks at beside the engine's own checks. */
  readonly healthChecks: () => Promise<readonly HealthCheck[]>;
  /** The folder whose subfolders `pipeline init` copies. */
  readonly templatesDirectory: string;
}

/** Where a command's words go. */
export interface Console {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}
