/**
 * Nodes in a table. Models printNode of pkg/printers/internalversion/printers.go.
 */
import { compareText } from '../../../base/compare.ts';
import { type Node, nodeCondition } from '../../../model/node.ts';
import { age, columns, NAME, NONE, type TablePrinter } from './columns.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';
const UNKNOWN = '<unknown>';

export const NODE_TABLE: TablePrinter<Node> = {
  columns: [
    NAME,
    ...columns('Status', 'Roles', 'Age', 'Version', '*Internal-IP', '*External-IP', '*OS-Image', '*Kernel-Version', '*Container-Runtime'),
  ],
  cells: (node, nowUs) => {
    const info = node.status?.nodeInfo ?? {};
    const kernel = info.kernelVersion ? `${info.kernelVersion}${info.architecture ? ` (${info.architecture})` : ''}` : UNKNOWN;
    return [
      node.metadata.name,
      statusText(node),
      nodeRoles(node).join(',') || NONE,
      age(node, nowUs),
      info.kubeletVersion ?? '',
      address(node, 'InternalIP'),
      address(node, 'ExternalIP'),
      info.osImage || UNKNOWN,
      kernel,
      info.containerRuntimeVersion || UNKNOWN,
    ];
  },
};

function statusText(node: Node): string {
  const ready = nodeCondition(node, 'Ready');
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

/** What the node's labels say it is for, in alphabetical order. */
export function nodeRoles(node: Node): string[] {
  const roles = new Set<string>();
  for (const [label, value] of Object.entries(node.metadata.labels ?? {})) {
    if (label.startsWith(ROLE_PREFIX) && label.length > ROLE_PREFIX.length) roles.add(label.slice(ROLE_PREFIX.length));
    else if (label === ROLE_LABEL && value !== '') roles.add(value);
  }
  return [...roles].sort(compareText);
}

function address(node: Node, type: string): string {
  return node.status?.addresses?.find((one) => one.type === type)?.address ?? NONE;
}
