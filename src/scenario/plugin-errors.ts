/**
 * Where in the user's own file a plugin failed: stack frames of the bundle, led back to the source they were made from.
 */
import { SourceMap } from 'node:module';
import { shownAs } from './plugin-files.ts';

export interface PluginPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Finds places by the map that the bundler left in the code. */
export class PluginErrors {
  readonly #map: SourceMap;
  readonly #file: string;

  constructor(code: string, file: string) {
    const [, payload = ''] = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(code) ?? [];
    this.#map = new SourceMap(JSON.parse(Buffer.from(payload, 'base64').toString()));
    this.#file = file;
  }

  /** The innermost frame that lies in the plugin. */
  placeOf(error: unknown): PluginPlace | undefined {
    if (!(error instanceof Error)) return undefined;
    for (const frame of (error.stack ?? '').split('\n')) {
      const at = frame.indexOf(`${this.#file}:`);
      const match = at < 0 ? null : /^:(\d+):(\d+)/.exec(frame.slice(at + this.#file.length));
      if (match === null) continue;
      const entry = this.#map.findEntry(Number(match[1]) - 1, Number(match[2]) - 1);
      if (!('originalSource' in entry)) continue;
      return { file: shownAs(entry.originalSource, this.#file), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    }
    return undefined;
  }

  /** The same function, whose exceptions say in one line what went wrong and where. */
  located<A extends readonly unknown[], R>(act: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      try {
        return act(...args);
      } catch (error) {
        const place = this.placeOf(error);
        const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        const located = new Error(place === undefined ? what : `${what} (${place.file}:${place.line}:${place.column})`);
        // The frames of the bundle and of Orrery say nothing to whoever wrote the plugin.
        delete located.stack;
        throw located;
      }
    };
  }
}
