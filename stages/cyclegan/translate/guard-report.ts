import type { ArtifactFile } from '../../../pipeline/stage/artifact.js';
import type { StageContext } from '../../../pipeline/stage/context.js';
import { contactSheet, type Tile } from '../../lib/imaging/contact-sheet.js';
import type { GuardMeasures } from '../guard/measure.js';
import type { TranslateParams } from './params.js';

/** How one version of an image came through the guard. */
interface Guarded {
  readonly id: string;
  /** From 0. */
  readonly version: number;
  readonly original: ArtifactFile;
  readonly translated: ArtifactFile;
  readonly measures: GuardMeasures;
  readonly reasons: readonly string[];
}

/** From this share of rejected translations on, the fault is rather the training's than the images'. */
const MANY = 0.2;
const SHOWN = 8;
const NAMED = 50;

/** Counts what the guard rejected and shows it. */
export class GuardReport {
  readonly #passed: Guarded[] = [];
  readonly #rejected: Guarded[] = [];

  add(guarded: Guarded): void {
    (guarded.reasons.length > 0 ? this.#rejected : this.#passed).push(guarded);
  }

  /** Figures, the rejected images with their reasons, and originals beside translations. */
  async show(context: StageContext<TranslateParams>): Promise<void> {
    const [passed, rejected] = [this.#passed.length, this.#rejected.length];
    const share = passed / Math.max(1, passed + rejected);
    context.metric('guard/passed', share);
    const all = [...this.#passed, ...this.#rejected];
    await context.exhibit({
      type: 'figures',
      title: 'Guard',
      caption: 'Each translation is held against its original: are the objects still where their boxes say?',
      figures: [
        { name: 'passed', value: `${(100 * share).toFixed(1)} %`, note: `${passed} of ${passed + rejected}` },
        figureOf('edges inside boxes', all, ({ boxEdges }) => boxEdges),
        figureOf('edges outside', all, ({ outside }) => outside),
        figureOf('colours', all, ({ colour }) => colour),
        ...(all.some(({ measures }) => measures.recallBefore !== undefined)
          ? [
              figureOf('recall before', all, ({ recallBefore }) => recallBefore),
              figureOf('recall after', all, ({ recallAfter }) => recallAfter),
              figureOf('new detections', all, ({ newDetections }) => newDetections),
            ]
          : []),
      ],
    });
    await this.#sheet(context, 'Passed', this.#passed);
    if (rejected === 0) return;
    const fate = context.params.guard.rejected === 'drop' ? 'left out' : 'replaced by their originals';
    context.warn(
      `${rejected} of ${passed + rejected} translations were rejected and ${fate}: ${nameSome(this.#rejected)}.`,
    );
    if (rejected > MANY * (passed + rejected))
      context.warn(
        'So many are rejected that the training is the cause: it was too short, or the objects of the two domains stand in other places or have other sizes, which a generator learns to change. `mode: cut`, more `identity` or `boxWeight`, and domains that show the same things keep objects where they are.',
      );
    await this.#sheet(context, 'Rejected', this.#rejected);
    await context.exhibit({
      type: 'table',
      title: 'Rejected translations',
      ...(rejected > NAMED ? { caption: `The first ${NAMED} of ${rejected}.` } : {}),
      columns: ['image', 'version', 'reasons'],
      rows: this.#rejected
        .slice(0, NAMED)
        .map(({ id, version, reasons }) => [id, version + 1, reasons.join('; ')]),
    });
  }

  async #sheet(
    context: StageContext<TranslateParams>,
    title: string,
    guarded: readonly Guarded[],
  ): Promise<void> {
    if (guarded.length === 0) return;
    const step = Math.max(1, guarded.length / SHOWN);
    const chosen = Array.from(
      { length: Math.min(SHOWN, guarded.length) },
      (_, n) => guarded[Math.floor(n * step)],
    );
    const tiles = chosen.flatMap((one): Tile[] =>
      one
        ? [
            { image: context.locate(one.original), label: one.id },
            { image: context.locate(one.translated), label: labelOf(one.measures) },
          ]
        : [],
    );
    await context.exhibit({
      type: 'picture',
      title: `${title}: originals and translations side by side`,
      mediaType: 'image/jpeg',
      data: await contactSheet(tiles, { columns: 4, tileWidthPx: 240 }),
    });
  }
}

function labelOf({ boxEdges, outside, colour }: GuardMeasures): string {
  const figure = (value: number | undefined): string => value?.toFixed(2) ?? '–';
  return `edges ${figure(boxEdges)} / ${figure(outside)}, colours ${figure(colour)}`;
}

function figureOf(
  name: string,
  all: readonly Guarded[],
  value: (measures: GuardMeasures) => number | undefined,
) {
  const values = all.flatMap(({ measures }) => value(measures) ?? []);
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return { name, value: values.length > 0 ? Number(mean.toFixed(3)) : '–', note: 'mean' };
}

function nameSome(rejected: readonly Guarded[]): string {
  const names = rejected.slice(0, 5).map(({ id, reasons }) => `${id} (${reasons[0] ?? ''})`);
  return rejected.length > 5 ? `${names.join(', ')}, …` : names.join(', ');
}
