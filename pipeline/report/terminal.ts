import { createLogUpdate } from 'log-update';
import picocolors from 'picocolors';
import { eventLines, type Tone } from './event-lines.js';
import { ProgressMeter } from './progress-meter.js';
import type { Reporter } from './reporter.js';

const redrawMs = 100;
const barCells = 20;
const colours: Readonly<Record<Tone, (text: string) => string>> = {
  good: picocolors.green,
  bad: picocolors.red,
  warning: picocolors.yellow,
  quiet: picocolors.dim,
  plain: (text) => text,
};

/** For a person at a terminal: lasting lines scroll up, running stages keep a line with a bar each at the bottom. */
export function terminalReporter(stream: NodeJS.WriteStream): Reporter {
  const draw = createLogUpdate(stream);
  const running = new Map<string, ProgressMeter>();
  let drawnMs = 0;

  function redraw(): void {
    const lines = [...running].map(([stage, meter]) => {
      const filled = Math.round(meter.fraction() * barCells);
      return `  ${stage}  ${'█'.repeat(filled)}${'░'.repeat(barCells - filled)}  ${meter.text()}`;
    });
    draw(lines.join('\n'));
  }

  return {
    on(event) {
      if (event.type === 'stage-started') running.set(event.stage, new ProgressMeter());
      if ('stage' in event && /succeeded|failed|interrupted/.test(event.type) && event.type !== 'item-failed')
        running.delete(event.stage);
      if (event.type === 'stage-progress') {
        running.get(event.stage)?.update(event);
        if (event.atMs - drawnMs < redrawMs) return;
        drawnMs = event.atMs;
        redraw();
        return;
      }
      const lines = eventLines(event);
      if (lines.length === 0) return;
      draw.clear();
      for (const { tone, text } of lines) stream.write(`${colours[tone](text)}\n`);
      if (running.size > 0) redraw();
    },
    close() {
      draw.clear();
      draw.done();
    },
  };
}
