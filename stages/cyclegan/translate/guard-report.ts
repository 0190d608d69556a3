import type { ArtifactFile } from '../../../pipeline/stage/artifact.js';
import type { StageContext } from '../../../pipeline/stage/context.js';
import { contactSheet, type Tile } from '../../lib/imaging/contact-sheet.js';
import { reasonsOfPixels } from '../guard/judgement.js';
import type { GuardMeasures } from '../guard/measure.js';
import type { Mode } from '../modes.js';
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
/** Images of which all versions are shown side by side. */
const SHOWN_IN_VERSIONS = 3;

/** What keeps objects where they are, by what is trained. */
const REMEDIES: Readonly<Record<Mode, string>> = {
  cyclegan: '`mode: cut`, more `identity` or `boxWeight`',
  bayesian: '`mode: cut`, more `identity` or `boxWeight`',
  cut: 'more `cut.weight`',
};

/** Counts what the guard rejected and shows it. */
export class GuardReport {
  readonly #passed: Guarded[] = [];
  readonly #rejected: Guarded[] = [];

  /** @param versions of each image */
  constructor(private readonly versions: number) {}

  add(guarded: Guarded): void {
    (guarded.reasons.length > 0 ? this.#rejected : this.#passed).push(guarded);
  }

  /** Figures, the rejected images with their reasons, and originals beside translations. */
  async show(context: StageContext<TranslateParams>, mode: Mode): Promise<void> {
    const [passed, rejected] = [this.#passed.length, this.#rejected.length];
    const share = passed / Math.max(1, passed + rejected);
    context.metric('guard/passed', share);
    const all = [...this.#passed, ...this.#rejected];
    await context.exhibit({
      type: 'figures',
      title: 'Guard',
      caption:
        'Each translation is held against its original: are the objects still where their boxes say? Edges: 1 where they agree, 0 where they have nothing to do with each other. Colours: 1 where they vary as much as the original’s.',
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
    await this.#versions(context);
    await this.#sheet(context, 'Passed', this.#passed);
    if (rejected === 0) return;
    const fate =
      context.params.guard.rejected === 'drop'
        ? 'left out'
        : `replaced by the original${rejected === 1 ? '' : 's'}`;
    context.warn(
      `${rejected} of ${passed + rejected} translations ${rejected === 1 ? 'was' : 'were'} rejected and ${fate}: ${this.#nameSome(this.#rejected)}.`,
    );
    if (rejected > MANY * (passed + rejected)) context.warn(this.#causeOfMany(context.params, mode));
    await this.#sheet(context, 'Rejected', this.#rejected);
    await context.exhibit({
      type: 'table',
      title: 'Rejected translations',
      ...(rejected > NAMED ? { caption: `The first ${NAMED} of ${rejected}.` } : {}),
      columns: this.versions === 1 ? ['image', 'reasons'] : ['image', 'version', 'reasons'],
      rows: this.#rejected
        .slice(0, NAMED)
        .map(({ id, version, reasons }) => [
          id,
          ...(this.versions === 1 ? [] : [version + 1]),
          reasons.join('; '),
        ]),
    });
  }

  #causeOfMany({ guard }: TranslateParams, mode: Mode): string {
    const byDetector = this.#rejected.filter(({ measures }) => reasonsOfPixels(measures, guard).length === 0);
    if (byDetector.length > this.#rejected.length / 2)
      return `${byDetector.length} of them were rejected for what the detector finds alone: one that has learnt only images as they were does not know the target’s look. Bind one to \`detector\` that has learnt both, or raise \`guard.lostRecall\` and \`guard.newDetections\`.`;
    return `So many are rejected that the training is the cause: it was too short, or the objects of the two domains stand in other places or have other sizes, which a generator learns to change. ${REMEDIES[mode]}, and domains that show the same things keep objects where they are.`;
  }

  /** Some images with all versions of each in a row. */
  async #versions(context: StageContext<TranslateParams>): Promise<void> {
    if (this.versions === 1) return;
    const rows = new Map<string, Guarded[]>();
    for (const one of [...this.#passed, ...this.#rejected])
      rows.set(one.id, [...(rows.get(one.id) ?? []), one]);
    const tiles = [...rows.values()].slice(0, SHOWN_IN_VERSIONS).flatMap((row): Tile[] => {
      const inOrder = row.toSorted((a, b) => a.version - b.version);
      const [first] = inOrder;
      return [
        ...(first ? [{ image: context.locate(first.original), label: first.id }] : []),
        ...inOrder.map((one) => ({
          image: context.locate(one.translated),
          label: `version ${one.version + 1}${one.reasons.length > 0 ? ', rejected' : ''}`,
        })),
      ];
    });
    const columns = 1 + this.versions;
    await context.exhibit({
      type: 'picture',
      title: 'Originals and their versions',
      mediaType: 'image/jpeg',
      data: await contactSheet(tiles, { columns, tileWidthPx: Math.max(80, Math.floor(960 / columns)) }),
    });
  }

  #nameSome(rejected: readonly Guarded[]): string {
    const names = rejected.slice(0, 5).map((one) => `${this.#nameOf(one)} (${one.reasons[0] ?? ''})`);
    return rejected.length > 5 ? `${names.join(', ')}, …` : names.join(', ');
  }

  /** The image, and which version where there are several. */
  #nameOf({ id, version }: Guarded): string {
    return this.versions === 1 ? id : `${id}, version ${version + 1}`;
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
            { image: context.locate(one.original), label: this.#nameOf(one) },
            { image: context.locate(one.translated), label: labelOf(one.measures) },
          ]
        : [],
    );
    await context.exhibit({
      type: 'picture',
      title: `${title}: originals and translations side by side`,
      caption: 'Below a translation: how its edges agree inside boxes / outside, and how its colours vary.',
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
