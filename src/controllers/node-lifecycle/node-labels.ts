/**
 * The labels of a node that have an older name beside their own, which has to say the same. Models labelReconcileInfo and reconcileNodeLabels
 * of pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
import type { StringMap } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';

const OLDER_NAMES: readonly (readonly [primary: string, secondary: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
];

/** What is to be written; undefined when all is right. */
export function labelsToReconcile({ metadata: { labels = {} } }: Node): StringMap | undefined {
  const wrong = OLDER_NAMES.filter(([primary, secondary]) => labels[primary] !== undefined && labels[secondary] !== labels[primary]);
  return wrong.length === 0 ? undefined : Object.fromEntries(wrong.map(([primary, secondary]) => [secondary, labels[primary]!]));
}
