/** Something that the set-up cannot mend by itself; `remedies` say what a person can do, a line each. */
export class SetupProblem extends Error {
  /**
   * @param {string} message
   * @param {readonly string[]} remedies
   */
  constructor(message, remedies) {
    super(message);
    this.name = 'SetupProblem';
    /** @readonly */
    this.remedies = remedies;
  }
}
