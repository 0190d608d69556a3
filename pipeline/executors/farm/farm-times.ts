import { durationMs, durationPattern } from '../../core/duration.js';
import { UserError } from '../../core/user-error.js';
import { defaultTimes, type FarmTimes } from './watch.js';

/**
 * The farm's times, where `DARKROOM_FARM_POLL` (the first wait between two questions to the engine; the longest is
 * twelve times that) and `DARKROOM_FARM_GRACE` (how long a result may take to appear on the shared disk) say others.
 * @throws UserError for what is no length of time
 */
export function farmTimes(env: Readonly<Record<string, string | undefined>>): FarmTimes {
  const poll = lengthOf('DARKROOM_FARM_POLL', env);
  const grace = lengthOf('DARKROOM_FARM_GRACE', env);
  return {
    ...defaultTimes,
    ...(poll === undefined ? {} : { firstPollMs: poll, longestPollMs: 12 * poll }),
    ...(grace === undefined ? {} : { graceMs: grace }),
  };
}

function lengthOf(name: string, env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (!durationPattern.test(text))
    throw new UserError(`${name} is ${text}, and it takes a length of time, as in 500ms or 60s.`);
  return durationMs(text);
}
