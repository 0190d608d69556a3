import type { HealthCheck } from '../../stage/health-check.js';

/** As package.json's `engines` says. */
const oldest = { major: 20, minor: 19 };

/** Whether this Node is one that the program is made for. */
export function nodeVersionCheck(version: string = process.versions.node): HealthCheck {
  return {
    name: 'Node',
    run: async () => {
      const found = `Node ${version} (${process.platform} ${process.arch})`;
      const detail = { version, platform: process.platform, arch: process.arch };
      const [major = 0, minor = 0] = version.split('.').map(Number);
      const isNewEnough = major > oldest.major || (major === oldest.major && minor >= oldest.minor);
      if (isNewEnough) return { state: 'ok', found, detail };
      return {
        state: 'missing',
        found,
        remedy: `Install Node ${oldest.major}.${oldest.minor} or newer: https://nodejs.org`,
        detail,
      };
    },
  };
}
