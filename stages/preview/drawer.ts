import type { ArtifactReader, ArtifactType } from '../../pipeline/stage/artifact.js';
import type { Tile } from '../lib/imaging/contact-sheet.js';

/** What a person asks a preview for. */
export interface PreviewRequest {
  /** At most so many pictures, evenly chosen. */
  readonly count: number;
  /** Only pictures of these names; all when empty. */
  readonly only: readonly string[];
  /** Only pictures that show one of these classes; all when empty. */
  readonly classes: readonly string[];
  /** Only pictures with all of these attributes, `name=value`, of their own or of an object. */
  readonly where: readonly string[];
  /** Only what the stage itself calls doubtful. */
  readonly doubtful: boolean;
  /** The pictures as they are, with nothing drawn over them. */
  readonly plain: boolean;
  readonly tileWidthPx: number;
  readonly signal: AbortSignal;
}

/** The pictures of an artifact with what is known of them drawn over, labelled with their names. */
export interface Preview {
  readonly tiles: readonly Tile[];
  /** How many there were to choose from. */
  readonly total: number;
  /** How to read what is drawn: one line. */
  readonly legend: string;
}

/** Draws one type of artifact. */
export interface Drawer {
  readonly type: ArtifactType;
  /** A file that every such artifact has: a folder with it is taken for one. */
  readonly marker: string;
  /** @throws UserError when `only` names a picture that is not there */
  draw(artifact: ArtifactReader, request: PreviewRequest): Promise<Preview>;
}
