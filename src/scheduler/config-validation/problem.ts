/**
 * What is wrong with a scheduler configuration: at which field, and in which words. Whoever read the file adds line and column.
 *
 * Models the errors of apimachinery/pkg/util/validation/field, in the words they print.
 */

export type FieldPath = readonly (string | number)[];

export interface ConfigurationProblem {
  readonly path: FieldPath;
  /** The key itself is wrong, and not what stands behind it. */
  readonly key?: string;
  readonly found: string;
  readonly wanted: string;
  readonly suggestion?: string;
  /** The words of Kubernetes itself, in place of what was found and wanted. */
  readonly words?: string;
}

/** Collects; each method is one kind of upstream's field errors. */
export class ConfigurationProblems {
  readonly list: ConfigurationProblem[] = [];

  /** Words of ours, for what upstream's decoder says in terms of Go. */
  expected(path: FieldPath, wanted: string, found: string, suggestion?: string): void {
    this.list.push({ path, found, wanted, ...(suggestion === undefined ? {} : { suggestion }) });
  }

  unknownField(path: FieldPath, key: string, wanted: string, suggestion: string | undefined): void {
    const found = `the unknown field "${key}"`;
    this.list.push({ path, key, found, wanted, ...(suggestion === undefined ? {} : { suggestion }) });
  }

  invalid(path: FieldPath, value: unknown, detail: string): void {
    this.words(path, `Invalid value: ${JSON.stringify(value) ?? 'null'}: ${detail}`);
  }

  required(path: FieldPath, detail = ''): void {
    this.words(path, detail === '' ? 'Required value' : `Required value: ${detail}`);
  }

  forbidden(path: FieldPath, detail: string): void {
    this.words(path, `Forbidden: ${detail}`);
  }

  duplicate(path: FieldPath, value: string): void {
    this.words(path, `Duplicate value: ${value}`);
  }

  unsupported(path: FieldPath, value: unknown, supported: readonly string[], suggestion?: string): void {
    const values = supported.map((one) => JSON.stringify(one)).join(', ');
    this.words(path, `Unsupported value: ${JSON.stringify(value)}: supported values: ${values}`, suggestion);
  }

  words(path: FieldPath, words: string, suggestion?: string): void {
    this.list.push({ path, words, found: '', wanted: '', ...(suggestion === undefined ? {} : { suggestion }) });
  }
}
