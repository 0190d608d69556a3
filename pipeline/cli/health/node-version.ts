import type { HealthCheck } from '../../stage/health-check.js';

const oldestMajor = 20;

/** Whether this Node is one that the program is made for. */
export function nodeVersionCheck(version: string = process.versions.node): HealthCheck {
  return {
    name: 'Node',
    run: async () => {
      const found = `Node ${version} (${process.platform} ${process.arch})`;
      const detail = { version, platform: process.platform, arch: process.arch };
      if (Number(version.split('.')[0]) >= oldestMajor) return { state: 'ok', found, detail };
      return {
        state: 'missing',
        found,
        remedy: `Install Node ${oldestMajor} or newer: https://nodejs.org`,
        detail,
      };
    },
  };
}
