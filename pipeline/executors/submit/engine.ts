/** A word of a command; a list of words is left out as a whole when a {name} in it stands for nothing. */
export type Word = string | readonly string[];

/** How an engine with a command line is spoken with. */
export interface Engine {
  /** What people call it. */
  readonly name: string;
  /** Hands one task to it. */
  readonly command: readonly Word[];
  /** What the command prints; the first group is the job's id. */
  readonly id: RegExp;
  /** Prints the ids of the jobs that wait or run. */
  readonly list?: readonly Word[];
  /** What a `list` that fails says when there is nothing to list. */
  readonly noneListed?: RegExp;
  /** Ends the job {id}. */
  readonly cancel?: readonly Word[];
  /** What is filled in for each task, and handed to the command as {document}. */
  readonly document?: TaskDocument;
}

export interface TaskDocument {
  /** Absolute. Its end says how it is filled in: .yaml and .json by their values, others as lines for a shell. */
  readonly path: string;
  /** Looks at what has become of it. @throws UserError that says what is wrong */
  readonly check?: (content: unknown) => unknown;
}
