/**
 * A YAML file with the place of everything in it, so that a problem found later can still name its line and column.
 */
import { type Document, isCollection, isMap, isNode, isPair, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { Problem } from '../base/errors.ts';

export type Path = readonly (string | number)[];

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One document of a file. */
export class SourceDocument {
  readonly file: string;
  readonly value: unknown;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(file: string, document: Document.Parsed, lines: LineCounter) {
    this.file = file;
    this.#document = document;
    this.#lines = lines;
    this.value = document.toJS();
  }

  /** The plain value that is written at that path. */
  valueAt(path: Path): unknown {
    const node = this.#document.getIn(path, true);
    return isScalar(node) ? node.value : node;
  }

  /** Where that path is, or the nearest thing around it that is there. */
  place(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.#at(node.range[0]);
    }
    return this.#at(this.#document.contents?.range?.[0] ?? this.#document.range[0]);
  }

  /** Where the key itself is, not its value. */
  keyPlace(path: Path, key: string): Place {
    const parent = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (isMap(parent)) {
      for (const pair of parent.items) {
        if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key && pair.key.range) return this.#at(pair.key.range[0]);
      }
    }
    return this.place(path);
  }

  problem(path: Path, wanted: string, found: string, suggestion?: string): Problem {
    return this.problemAt(this.place(path), path, wanted, found, suggestion);
  }

  problemAt(place: Place, path: Path, wanted: string, found: string, suggestion?: string): Problem {
    return { file: this.file, ...place, path: pathText(path), found, wanted, ...(suggestion === undefined ? {} : { suggestion }) };
  }

  /** Puts `value` at `path`, as if it were written there; false when the way there leads through something else than a map or a list. */
  set(path: Path, value: unknown): boolean {
    for (let length = 1; length < path.length; length++) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (node !== undefined && !isCollection(node)) return false;
    }
    this.#document.setIn(path, value);
    return true;
  }

  /** The same file, read again after `set`. */
  reread(): SourceDocument {
    return new SourceDocument(this.file, this.#document, this.#lines);
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** Every document of a file, but for empty ones; what the parser could not read goes to `problems`. */
export function readDocuments(file: string, text: string, problems: Problem[]): SourceDocument[] {
  const lines = new LineCounter();
  // An empty stream comes back as an empty list with a property of its own, hence the spread.
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, strict: true })] as Document.Parsed[];
  let isReadable = true;
  for (const document of documents) {
    for (const error of document.errors) {
      isReadable = false;
      const { line, col } = lines.linePos(error.pos[0]);
      problems.push({ file, line, column: col, path: '', found: sentence(error.message), wanted: 'YAML that can be read' });
    }
  }
  if (!isReadable) return [];
  return documents.filter(({ contents }) => contents !== null).map((document) => new SourceDocument(file, document, lines));
}

/** `cluster.nodes[2].capacity.memory`. */
export function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** What was found, in a few words. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') {
    const keys = Object.keys(value);
    if (keys.length === 0) return 'an empty map';
    return `a map of ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ', …' : ''}`;
  }
  return String(value);
}

/** The parser's words, in the form of ours: one line, small first letter, no full stop. */
function sentence(message: string): string {
  const line = message.split('\n')[0]!.replace(/[.:]\s*$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}
