/**
 * The working directory of a recorded session, and what is piped into a command.
 */
import type { KubectlFiles, ManifestItem } from '../../kubectl/context.ts';
import { KubectlError } from '../../kubectl/errors.ts';
import { manifestItems } from '../../kubectl/manifest-text.ts';

const MANIFEST = /\.(yaml|yml|json)$/;

export function sessionFiles(files: { readonly [path: string]: string }, stdin: string | undefined): KubectlFiles {
  const list = (folder: string): string[] | undefined => {
    const prefix = `${folder.replace(/\/$/, '')}/`;
    const names = Object.keys(files).filter((path) => path.startsWith(prefix));
    return names.length === 0 ? undefined : names.map((path) => path.slice(prefix.length)).sort();
  };
  const manifest = (name: string): readonly ManifestItem[] => {
    if (name === '-') return manifestItems('STDIN', stdin ?? '');
    const text = files[name];
    if (text !== undefined) return manifestItems(name, text);
    const inside = list(name);
    if (inside === undefined) throw new KubectlError(`the path "${name}" does not exist`);
    return inside.filter((path) => MANIFEST.test(path)).flatMap((path) => manifest(`${name.replace(/\/$/, '')}/${path}`));
  };
  return { manifest, list, text: (name) => (name === '-' ? stdin : files[name]) };
}
