/**
 * What becomes of fields that exist twice, in the singular for old clients and in the plural: the singular decides.
 *
 * Models pkg/apis/core/v1/conversion.go (PodStatus, NodeSpec).
 */
import type { KubeObject } from '../../model/meta.ts';
import type { Sent } from '../validation/sent.ts';

export function converted(given: KubeObject): KubeObject {
  const object = withoutNegativeGrace(given);
  const { kind, status, spec }: Sent = object;
  if (kind === 'Pod' && status !== undefined && status !== null) {
    const plural = withPlural(
      withPlural(status, 'podIP', 'podIPs', (ip) => ({ ip })),
      'hostIP',
      'hostIPs',
      (ip) => ({ ip }),
    );
    return plural === status ? object : ({ ...object, status: plural } as KubeObject);
  }
  if (kind === 'Node' && spec !== undefined && spec !== null) {
    const plural = withPlural(spec, 'podCIDR', 'podCIDRs', (cidr) => cidr);
    return plural === spec ? object : ({ ...object, spec: plural } as KubeObject);
  }
  return object;
}

/** Of pods, and not of templates, the server makes a grace period of one second of a negative one (Convert_v1_Pod_To_core_Pod). */
function withoutNegativeGrace(object: KubeObject): KubeObject {
  const { kind, spec }: Sent = object;
  if (kind !== 'Pod' || !(spec?.terminationGracePeriodSeconds < 0)) return object;
  return { ...object, spec: { ...spec, terminationGracePeriodSeconds: 1 } } as KubeObject;
}

function withPlural(struct: Sent, one: string, many: string, item: (value: string) => unknown): Sent {
  const value = struct[one] ?? '';
  const list: readonly Sent[] = struct[many] ?? [];
  const first = list[0]?.ip ?? list[0];
  if (value === '' || first === value) return struct;
  return { ...struct, [many]: [item(value)] };
}
