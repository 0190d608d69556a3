import { UserError } from '../../../pipeline/core/user-error.js';
import type { StageContext } from '../../../pipeline/stage/context.js';
import type { FrameRecord } from '../../lib/dataset/frame-record.js';
import type { MeasuredFrame, QuarantinedFrame } from '../frame-result.js';
import type { RenderParams } from '../params.js';
import { judgeFrame, qualityChecks, type Doubt, type QualityCheck } from './judge-frame.js';

const namedFrames = 8;
const checks = Object.keys(qualityChecks) as QualityCheck[];

/** `quality.json` of the artifact. */
export interface QualityFile {
  readonly version: 1;
  readonly thresholds: RenderParams['quality'];
  readonly frames: number;
  /** How many frames each check found doubtful. */
  readonly counts: Readonly<Record<QualityCheck, number>>;
  readonly doubtful: readonly { readonly id: string; readonly doubts: readonly Doubt[] }[];
  readonly quarantined: readonly QuarantinedFrame[];
}

/** Gathers what the checks say of all frames, one at a time. */
export class QualityReport {
  readonly #doubtful: { id: string; doubts: readonly Doubt[] }[] = [];
  readonly #quarantined: QuarantinedFrame[] = [];
  #frames = 0;

  constructor(readonly thresholds: RenderParams['quality']) {}

  add(record: FrameRecord, measured: MeasuredFrame): void {
    this.#frames++;
    const doubts = judgeFrame(record, measured, this.thresholds);
    if (doubts.length > 0) this.#doubtful.push({ id: record.id, doubts });
  }

  addQuarantined(frame: QuarantinedFrame): void {
    this.#quarantined.push(frame);
  }

  get file(): QualityFile {
    const counts = Object.fromEntries(checks.map((check) => [check, this.#idsOf(check).length]));
    return {
      version: 1,
      thresholds: this.thresholds,
      frames: this.#frames,
      counts: counts as Record<QualityCheck, number>,
      doubtful: this.#doubtful,
      quarantined: this.#quarantined,
    };
  }

  /** Names doubtful and missing frames. @throws UserError when frames are doubtful and the checks are strict */
  tell(context: StageContext<RenderParams>): void {
    for (const check of checks) {
      const ids = this.#idsOf(check);
      if (ids.length === 0) continue;
      const kept = check === 'empty' ? '; they are kept as negatives' : '';
      context.warn(`${ids.length} of ${this.#frames} frames ${qualityChecks[check]}${kept}: ${list(ids)}.`);
    }
    if (this.#quarantined.length > 0) {
      const ids = this.#quarantined.map(({ id, seed }) => `${id} (seed ${seed})`);
      const verb = this.#quarantined.length === 1 ? 'frame is' : 'frames are';
      context.warn(
        `${this.#quarantined.length} ${verb} missing: Blender crashed or hung twice on ${list(ids)}. ` +
          'No later run tries them again until something of the stage changes; raise retryQuarantined to try them anyway.',
      );
    }
    const refused = this.#doubtful.filter(({ doubts }) => doubts.some(({ check }) => check !== 'empty'));
    if (!this.thresholds.strict || refused.length === 0) return;
    throw new UserError(`${refused.length} of ${this.#frames} frames do not pass the quality checks.`, {
      details: refused
        .slice(0, namedFrames)
        .map(({ id, doubts }) => `frame ${id}: ${doubts.map(({ detail }) => detail).join('; ')}`),
      hint: 'Mend the scene, change the thresholds of `quality`, or set quality.strict to false to keep them.',
    });
  }

  /** Puts what the checks found into the report. */
  async show(context: StageContext<RenderParams>): Promise<void> {
    const { counts } = this.file;
    context.metric(
      'doubtful frames',
      this.#doubtful.filter(({ doubts }) => doubts.some(({ check }) => check !== 'empty')).length,
    );
    context.metric('quarantined frames', this.#quarantined.length);
    await context.exhibit({
      type: 'table',
      title: 'Quality checks',
      caption: `What is doubtful about ${this.#frames} frames; quality.json names all of them.`,
      columns: ['frames that …', 'count', 'first ones'],
      rows: [
        ...checks.map((check) => [qualityChecks[check], counts[check], list(this.#idsOf(check))]),
        ['are missing (quarantined)', this.#quarantined.length, list(this.#quarantined.map(({ id }) => id))],
      ],
    });
    if (this.#quarantined.length === 0) return;
    await context.exhibit({
      type: 'table',
      title: 'Quarantined frames',
      caption: 'Blender crashed or hung on them, in a fresh process too. The artifact does without them.',
      columns: ['frame', 'seed', 'what happened'],
      rows: this.#quarantined.map(({ id, seed, reason }) => [id, seed, reason]),
    });
  }

  #idsOf(check: QualityCheck): string[] {
    return this.#doubtful
      .filter(({ doubts }) => doubts.some((doubt) => doubt.check === check))
      .map(({ id }) => id);
  }
}

function list(names: readonly string[]): string {
  return `${names.slice(0, namedFrames).join(', ')}${names.length > namedFrames ? ', …' : ''}`;
}
