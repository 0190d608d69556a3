import { unreachable } from '../core/unreachable.js';
import type { RunEvent } from '../events/event.js';
import { formatBytes, formatCount, formatDuration } from './quantities.js';

export type Tone = 'good' | 'quiet' | 'bad' | 'warning' | 'plain';

/** A line for people, and how it is meant. */
export interface EventLine {
  readonly tone: Tone;
  readonly text: string;
}

/** What an event looks like as lasting lines of a terminal or a log; progress and log lines have none. */
export function eventLines(event: RunEvent): readonly EventLine[] {
  switch (event.type) {
    case 'run-started':
      return [
        {
          tone: 'plain',
          text: `${event.pipeline}: ${formatCount(event.stages.length, 'stage')}, run ${event.runId}`,
        },
      ];
    case 'stage-reused': {
      const items = event.itemCount === undefined ? '' : `, ${formatCount(event.itemCount, 'item')}`;
      const whence = event.away ? 'in the cache; nobody needs its files' : 'from the store';
      return [{ tone: 'quiet', text: `= ${event.stage}  ${whence}${items}` }];
    }
    case 'stage-fetched': {
      const items = event.items === undefined ? '' : `${formatCount(event.items, 'item')}, `;
      const what = `${items}${formatCount(event.contents, 'content')}, ${formatBytes(event.bytes)}`;
      return [{ tone: 'quiet', text: `< ${event.stage}  out of the cache: ${what}` }];
    }
    case 'cache-sent': {
      const what = `${formatCount(event.contents, 'content')}, ${formatBytes(event.bytes)}`;
      return [{ tone: 'quiet', text: `  ${formatCount(event.stages, 'result')} left in the cache: ${what}` }];
    }
    case 'cache-trouble':
      return [{ tone: 'warning', text: `! cache: ${event.message}` }];
    case 'stage-started':
      return [
        {
          tone: 'plain',
          text: `> ${event.stage}  ${event.reasons.slice(0, 3).join('; ')}${event.reasons.length > 3 ? '; …' : ''}`,
        },
      ];
    case 'stage-waits': {
      const what = event.items === undefined ? 'the same' : formatCount(event.items, 'item') + ' of it';
      const who = event.sameRun
        ? 'another stage of this run'
        : `pid ${event.owner.pid} on ${event.owner.host}`;
      return [{ tone: 'quiet', text: `~ ${event.stage}  waits for ${who}, which makes ${what}` }];
    }
    case 'stage-retried': {
      const when = `attempt ${event.attempt} of ${event.attempts} in ${formatDuration(event.waitMs)}`;
      return [{ tone: 'warning', text: `! ${event.stage} failed: ${event.message} (${when})` }];
    }
    case 'stage-items':
      return [
        {
          tone: 'quiet',
          text: `  ${event.stage}: ${event.reused} of ${formatCount(event.total, 'item')} reused, ${event.total - event.reused} to make`,
        },
      ];
    case 'stage-warning':
      return [{ tone: 'warning', text: `! ${event.stage}: ${event.message}` }];
    case 'item-failed':
      return [{ tone: 'bad', text: `x ${event.stage}/${event.item}: ${event.message}` }];
    case 'stage-succeeded': {
      const metrics = Object.entries(event.metrics).filter(([name]) => !name.includes('/'));
      const figures = metrics.slice(0, 4).map(([name, value]) => `${name} ${shown(value)}`);
      return [
        { tone: 'good', text: `+ ${event.stage}  ${[formatDuration(event.tookMs), ...figures].join('  ')}` },
      ];
    }
    case 'stage-failed':
      return [
        {
          tone: 'bad',
          text: `x ${event.stage} failed after ${formatDuration(event.tookMs)}: ${event.message}`,
        },
        ...event.details.map((line): EventLine => ({ tone: 'plain', text: `    ${line}` })),
        ...(event.logFile ? [{ tone: 'plain' as const, text: `  The whole log: ${event.logFile}` }] : []),
        ...(event.hint ? [{ tone: 'plain' as const, text: `  ${event.hint}` }] : []),
      ];
    case 'stage-blocked':
      return [{ tone: 'quiet', text: `- ${event.stage}  did not start, because ${event.by} failed` }];
    case 'stage-left-out':
      return [{ tone: 'warning', text: `- ${event.stage}  left out: ${event.why}` }];
    case 'stage-interrupted':
      return [{ tone: 'warning', text: `! ${event.stage}  interrupted; what was finished is kept` }];
    case 'view-retired': {
      const kept =
        event.kept.length === 0 ? '' : `; ${formatCount(event.kept.length, 'file')} of yours stay there`;
      return [{ tone: 'quiet', text: `- out/${event.folder}  shown no more: it is not in the file${kept}` }];
    }
    case 'run-finished':
      return [
        {
          tone: event.outcome === 'succeeded' ? 'good' : 'bad',
          text: `${event.outcome} in ${formatDuration(event.tookMs)}`,
        },
      ];
    case 'stage-progress':
    case 'stage-picture':
    case 'stage-log':
      return [];
    default:
      return unreachable(event);
  }
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : JSON.stringify(value);
}
