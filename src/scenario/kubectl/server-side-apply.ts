/**
 * `kubectl apply --server-side`: the server merges, and says who else owns a field.
 *
 * Models the server-side branch of k8s.io/kubectl/pkg/cmd/apply/apply.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Task } from '../../client/task.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { KubectlError } from './errors.ts';
import type { PrintAnswer } from './print-answer.ts';
import type { Info } from './select.ts';
import { writeOptionsOf } from './write-options.ts';

const ADVICE = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

export function* serverSideApply(info: Info, { flags }: ParsedCommand, context: KubectlContext, answer: PrintAnswer): Task<void> {
  try {
    const applied = yield* context.api.apply(info.object!, writeOptionsOf(flags, 'kubectl'), flags.isOn('force-conflicts'));
    answer(applied, 'serverside-applied');
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'Conflict') throw new KubectlError(`${error.message}\n${ADVICE}`);
    throw error;
  }
}
