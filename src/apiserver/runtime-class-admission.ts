/**
 * What a pod's RuntimeClass adds to it: the overhead of its sandbox, the nodes and taints it needs.
 *
 * Models plugin/pkg/admission/runtimeclass/admission.go.
 */
import type { KubeObject } from '../model/meta.ts';
import type { Pod, PodSpec } from '../model/pod.ts';
import { forbidden } from './api-error.ts';
import { isSameValue } from './same-value.ts';
import type { Store } from './store.ts';
import type { Sent } from './validation/sent.ts';

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

/** The spec of a new pod as its class wants it; throws 403 when they do not go together. */
export function withRuntimeClass(store: Store, pod: Pod): PodSpec {
  const { spec }: { spec: Sent } = pod;
  const runtimeClass = classOf(store, pod);
  if (runtimeClass === undefined) return spec;
  const { overhead, scheduling } = runtimeClass;
  const refuse = (why: string) => forbidden('Pod', nameShown(pod), why);
  let changed = spec;
  if (overhead !== undefined) {
    const podFixed = overhead.podFixed ?? {};
    const given = spec.overhead ?? {};
    if (Object.keys(given).length > 0 && !isSameValue(given, podFixed)) throw refuse(MISMATCH);
    changed = { ...changed, overhead: podFixed };
  }
  if (scheduling === undefined) return changed;
  const nodeSelector: Record<string, string> = { ...spec.nodeSelector };
  for (const key of Object.keys(scheduling.nodeSelector ?? {}).sort()) {
    const wanted = scheduling.nodeSelector[key];
    const given = nodeSelector[key];
    if (given !== undefined && given !== wanted) {
      const [theirs, ours] = [`runtimeClass.scheduling.nodeSelector[${key}]`, `pod.spec.nodeSelector[${key}]`];
      throw refuse(`conflict: ${theirs} = ${wanted}; ${ours} = ${given}`);
    }
    nodeSelector[key] = wanted;
  }
  const tolerations = merged(spec.tolerations ?? [], scheduling.tolerations ?? []);
  return {
    ...changed,
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
  };
}

/** Throws 403 for an overhead that no class gives. */
export function checkOverhead(store: Store, pod: Pod): void {
  const { overhead }: Sent = pod.spec;
  if (overhead === undefined && pod.spec.runtimeClassName === undefined) return;
  const runtimeClass = classOf(store, pod);
  if (runtimeClass?.overhead !== undefined) {
    if (!isSameValue(runtimeClass.overhead.podFixed ?? {}, overhead ?? {})) throw forbidden('Pod', nameShown(pod), MISMATCH);
  } else if (overhead !== undefined) {
    const why = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';
    throw forbidden('Pod', nameShown(pod), why);
  }
}

function classOf(store: Store, pod: Pod): Sent {
  const name = pod.spec.runtimeClassName;
  if (name === undefined || name === null) return undefined;
  const found: KubeObject | undefined = store.get('RuntimeClass', name as never);
  if (found === undefined) throw forbidden('Pod', nameShown(pod), `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  return found;
}

/** A generated name is not made before admission has passed. */
function nameShown({ metadata: { name, generateName = '' } }: Pod): string {
  return generateName === '' ? name : generateName;
}

/** Of two tolerations of which one says all the other does, one is enough (MergeTolerations). */
function merged(own: readonly Sent[], added: readonly Sent[]): readonly Sent[] {
  const all = [...own, ...added];
  const result: Sent[] = [];
  all.forEach((one, at) => {
    const isCovered =
      result.some((kept) => isSuperset(kept, one)) || all.slice(at + 1).some((later) => !isSameValue(one, later) && isSuperset(later, one));
    if (!isCovered) result.push(one);
  });
  return result;
}

function isSuperset(whole: Sent, part: Sent): boolean {
  if (isSameValue(whole, part)) return true;
  if ((whole.key ?? '') !== (part.key ?? '') && !((whole.key ?? '') === '' && whole.operator === 'Exists')) return false;
  if ((whole.effect ?? '') !== (part.effect ?? '') && (whole.effect ?? '') !== '') return false;
  if (whole.effect === 'NoExecute' && whole.tolerationSeconds !== undefined) {
    if (part.tolerationSeconds === undefined || whole.tolerationSeconds < part.tolerationSeconds) return false;
  }
  const operator = whole.operator ?? '';
  if (operator === 'Exists') return true;
  return (operator === 'Equal' || operator === '') && part.operator === 'Equal' && (whole.value ?? '') === (part.value ?? '');
}
