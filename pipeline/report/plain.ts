import { eventLines } from './event-lines.js';
import { ProgressMeter } from './progress-meter.js';
import type { Reporter } from './reporter.js';

const progressEveryMs = 10_000;

/** For logs and pipes: a line an event, and for running stages a line of progress every ten seconds. */
export function plainReporter(write: (line: string) => void): Reporter {
  const running = new Map<string, { readonly meter: ProgressMeter; shownMs: number }>();
  return {
    on(event) {
      if (event.type === 'stage-progress') {
        const progress = running.get(event.stage) ?? { meter: new ProgressMeter(), shownMs: event.atMs };
        running.set(event.stage, progress);
        progress.meter.update(event);
        if (event.atMs - progress.shownMs < progressEveryMs) return;
        progress.shownMs = event.atMs;
        write(`  ${event.stage}  ${progress.meter.text()}`);
        return;
      }
      for (const { text } of eventLines(event)) write(text);
    },
    close() {
      // Plain lines stay as they are.
    },
  };
}
