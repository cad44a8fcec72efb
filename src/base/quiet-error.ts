/**
 * An error that is an answer and no fault of the program: it carries no stack trace, which is by far the dearest part of making one.
 */
export class QuietError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
