/**
 * The files the steps of a scenario name: manifests, folders of them, what is piped in, and what is read as plain text. All of them are
 * read before the run, with what is wrong in them.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Problem } from '../base/errors.ts';
import type { KubeObject } from '../model/meta.ts';
import { readManifest } from './manifests.ts';
import type { Path, SourceDocument } from './source-document.ts';

/** What kubectl takes from a folder (FileExtensions in cli-runtime/pkg/resource). */
const MANIFEST_ENDINGS = /\.(json|yaml|yml)$/;

/** Where in the scenario the file is named. */
export interface FilePlace {
  readonly document: SourceDocument;
  readonly path: Path;
}

export class StepFiles {
  readonly #file: string;
  readonly #problems: Problem[];
  readonly manifests = new Map<string, readonly KubeObject[]>();
  readonly texts = new Map<string, string>();
  readonly folders = new Map<string, readonly string[]>();

  constructor(file: string, problems: Problem[]) {
    this.#file = file;
    this.#problems = problems;
  }

  /** The objects of `file`, kept under the name a command calls it by. */
  manifest(name: string, file: string, copies: number | undefined, place: FilePlace): void {
    if (this.manifests.has(name)) return;
    const full = this.pathOf(file);
    if (existsSync(full) && statSync(full).isDirectory()) {
      const files = readdirSync(full).filter((one) => MANIFEST_ENDINGS.test(one));
      const objects = files.sort().flatMap((one) => this.#read(join(file, one), copies, place));
      this.manifests.set(name, objects);
    } else this.manifests.set(name, this.#read(file, copies, place));
  }

  /** What is piped into a command: it goes by a name of its own, since each command may have another. */
  piped(name: string, text: string): void {
    this.manifests.set(name, readManifest(`${this.#file} (stdin)`, text, undefined, this.#problems));
  }

  /** A file, or a folder of files, that is read as text. */
  text(file: string, place: FilePlace): void {
    const full = this.pathOf(file);
    if (existsSync(full) && statSync(full).isDirectory()) {
      const files = readdirSync(full).filter((one) => statSync(join(full, one)).isFile());
      this.folders.set(file, files.sort());
      for (const one of files) this.texts.set(`${file}/${one}`, readFileSync(join(full, one), 'utf8'));
      return;
    }
    const text = this.beside(file, 'a file beside the scenario', place);
    if (text !== undefined) this.texts.set(file, text);
  }

  /** The text of a file beside the scenario; a missing one is a problem. */
  beside(file: string, wanted: string, { document, path }: FilePlace): string | undefined {
    const full = this.pathOf(file);
    if (existsSync(full)) return readFileSync(full, 'utf8');
    this.#problems.push(document.problem(path, wanted, `${JSON.stringify(file)}, which does not exist`));
    return undefined;
  }

  pathOf(file: string): string {
    return isAbsolute(file) ? file : join(dirname(this.#file), file);
  }

  #read(file: string, copies: number | undefined, place: FilePlace): readonly KubeObject[] {
    const text = this.beside(file, 'a manifest file beside the scenario', place);
    return text === undefined ? [] : readManifest(this.pathOf(file), text, copies, this.#problems);
  }
}
