/**
 * Why a command line cannot be read: for the author of a scenario what was found and what would do, and kubectl's own words for it.
 */
export interface CommandLineProblem {
  readonly wanted: string;
  readonly found: string;
  readonly suggestion?: string | undefined;
  /** What kubectl would say, without its `error: `. */
  readonly words: string;
}

export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
  readonly wanted: string;
  readonly found: string;
  readonly suggestion: string | undefined;
  readonly words: string;

  constructor({ wanted, found, suggestion, words }: CommandLineProblem) {
    super(`expected ${wanted}, got ${found}`);
    this.wanted = wanted;
    this.found = found;
    this.suggestion = suggestion;
    this.words = words;
  }
}
