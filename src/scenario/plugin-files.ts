/**
 * The bundler names files from where it runs, or from nowhere at all; here they are named as the plugin is.
 */
import { dirname, join, relative, resolve } from 'node:path';

export function shownAs(input: string, file: string): string {
  const folder = dirname(file);
  return join(folder, relative(resolve(folder), resolve(input)));
}
