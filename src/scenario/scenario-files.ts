/**
 * The files of a scenario as kubectl sees them: all were read before the run.
 */
import type { KubectlFiles } from './kubectl/context.ts';
import { KubectlError } from './kubectl/errors.ts';
import type { Scenario } from './scenario.ts';

export function filesOf({ manifests, texts, folders }: Scenario): KubectlFiles {
  return {
    manifest: (name) => {
      const objects = manifests.get(name);
      if (objects === undefined) throw new KubectlError(`the path "${name}" does not exist`);
      const source = name.startsWith('- (') ? 'STDIN' : name;
      return objects.map((object) => ({ source, object }));
    },
    text: (name) => texts.get(name),
    list: (folder) => folders.get(folder),
  };
}
