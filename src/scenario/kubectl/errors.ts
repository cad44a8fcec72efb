/**
 * What kubectl says when something went wrong.
 *
 * Models k8s.io/kubectl/pkg/cmd/util/helpers.go (checkErr, StandardErrorMessage, MultilineError).
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { CommandLineError } from './command-line-error.ts';

/** An error of kubectl's own; `error: ` is put before it when it is printed alone. */
export class KubectlError extends Error {
  override readonly name: string = 'KubectlError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Several errors, each printed on a line of its own. */
export class SeveralErrors extends Error {
  override readonly name = 'SeveralErrors';
  readonly errors: readonly unknown[];
  /** Printed without `error: ` even when there is but one: a list of lists. */
  readonly isNested: boolean;

  constructor(errors: readonly unknown[], isNested = false) {
    super(errors.map(plainText).join('\n'));
    this.errors = errors;
    this.isNested = isNested;
  }
}

/** A mistake in how the command was typed. */
export function usageError(words: string, message: string): KubectlError {
  return new KubectlError(`${message}\nSee 'kubectl ${words} -h' for help and examples`);
}

/** Nothing when there are none, the one error, or all of them together. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  throw errors.length === 1 ? errors[0] : new SeveralErrors(errors);
}

/** What is printed to stderr, without the last newline. Errors that are not about the cluster are thrown on. */
export function errorText(error: unknown): string {
  if (error instanceof SeveralErrors) {
    if (error.errors.length === 1 && !error.isNested) return errorText(error.errors[0]);
    return error.errors.map(plainText).join('\n');
  }
  if (error instanceof ApiError && error.reason === 'Invalid') return invalidText(error);
  if (error instanceof ApiError) return plainText(error);
  const text = plainText(error);
  return text === '' || text.startsWith('error: ') ? text : `error: ${text}`;
}

/** As it is printed among others. */
export function plainText(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.code === 0) return `Unable to connect to the server: ${error.message}`;
    return error.reason === '' ? `Error from server: ${error.message}` : `Error from server (${error.reason}): ${error.message}`;
  }
  if (error instanceof CommandLineError) return error.words;
  if (error instanceof KubectlError || error instanceof SeveralErrors) return error.message;
  throw error;
}

/** What the error itself says, without who said it. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return plainText(error);
}

export function exitCodeOf(error: unknown): number {
  return error instanceof KubectlError ? error.exitCode : 1;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'NotFound';
}

/** Says in front of the error where the object came from: `error when creating "web.yaml": …`. */
export function withSource(act: string, source: string, error: unknown): unknown {
  const before = `error when ${act} "${source}": `;
  if (!(error instanceof ApiError)) return error instanceof KubectlError ? new KubectlError(before + error.message) : error;
  const { code, reason, causes, retryAfterSeconds } = error;
  const message = before + error.message;
  return new ApiError({ code, reason, message, causes, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
}

/** A refusal by validation names the object once and each cause on its own line. */
function invalidText({ message, causes }: ApiError): string {
  const subject = /(?:^|: )([A-Z]\w*)[\w.-]* ("(?:[^"\\]|\\.)*") is invalid/.exec(message);
  const what = subject === null ? 'The request is invalid' : `The ${subject[1]} ${subject[2]} is invalid`;
  const lines = [...new Set(causes.map(({ field, message: why }) => `${field ?? ''}: ${why}`))];
  if (lines.length === 0) return subject === null && message !== '' ? `${what}: ${message}` : what;
  return lines.length === 1 ? `${what}: ${lines[0]}` : `${what}: \n${lines.map((line) => `* ${line}`).join('\n')}`;
}
