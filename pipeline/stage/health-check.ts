import type { JsonObject } from '../core/json.js';
import type { Exec } from './context.js';

/** What a health check may look at. */
export interface HealthHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the store is or would be; it need not be there. */
  readonly storeDirectory: string;
  readonly exec: Exec;
}

/** What `pipeline doctor` says about one thing. */
export interface HealthReport {
  /** `missing` is something required; without a `warning`'s subject there is still work to be done. */
  readonly state: 'ok' | 'warning' | 'missing';
  /** What is there, in one or more lines. */
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** The same for machines, and more of it. */
  readonly detail?: JsonObject;
}

/**
 * One thing that `pipeline doctor` looks at. Nothing is installed, written or changed. A check that throws is
 * reported as missing, with the error's message and hint.
 */
export interface HealthCheck {
  readonly name: string;
  run(host: HealthHost): Promise<HealthReport>;
}
