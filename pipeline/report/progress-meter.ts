import { formatDuration } from './quantities.js';

/** Counts how fast a stage goes, over a sliding window, and how long it will still take. */
export class ProgressMeter {
  readonly #samples: { readonly atMs: number; readonly done: number }[] = [];
  #total = 0;
  #unit = '';
  #note: string | undefined;

  update(progress: { atMs: number; done: number; total: number; unit: string; note?: string }): void {
    this.#samples.push({ atMs: progress.atMs, done: progress.done });
    // A window of a hundred reports follows changes of pace and still does not jitter.
    if (this.#samples.length > 100) this.#samples.shift();
    this.#total = progress.total;
    this.#unit = progress.unit;
    this.#note = progress.note;
  }

  /** "34/120 items  1.3/s  1 min 6 s left  loss 2.31"; empty before the first report. */
  text(): string {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last) return '';
    const parts = [`${last.done}/${this.#total} ${this.#unit}`];
    const perMs = (last.done - first.done) / (last.atMs - first.atMs);
    if (Number.isFinite(perMs) && perMs > 0) {
      const perSecond = perMs * 1000;
      parts.push(
        perSecond >= 0.1
          ? `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`
          : `${formatDuration(1 / perMs)} each`,
      );
      if (last.done < this.#total) parts.push(`${formatDuration((this.#total - last.done) / perMs)} left`);
    }
    if (this.#note) parts.push(this.#note);
    return parts.join('  ');
  }

  /** Share done, 0–1. */
  fraction(): number {
    const last = this.#samples.at(-1);
    return last && this.#total > 0 ? last.done / this.#total : 0;
  }
}
