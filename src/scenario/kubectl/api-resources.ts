/**
 * `kubectl api-resources` and `kubectl api-versions`: what the API server of the version modelled has to offer, whether or not Orrery keeps
 * objects of that kind.
 *
 * Models k8s.io/kubectl/pkg/cmd/apiresources.
 */
import { compareText } from '../../base/compare.ts';
import type { Task } from '../../client/task.ts';
import { atOnce } from './at-once.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine } from './context.ts';
import { KubectlError, usageError } from './errors.ts';
import { alignedTable } from './print/tab-writer.ts';
import { ALL_KINDS } from './resource-arguments.ts';

/** Resource, short names, version, in a (n)amespace or of the (c)luster, kind: in the order the server lists them. */
const RESOURCES = [
  'bindings - v1 n Binding',
  'componentstatuses cs v1 c ComponentStatus',
  'configmaps cm v1 n ConfigMap',
  'endpoints ep v1 n Endpoints',
  'events ev v1 n Event',
  'limitranges limits v1 n LimitRange',
  'namespaces ns v1 c Namespace',
  'nodes no v1 c Node',
  'persistentvolumeclaims pvc v1 n PersistentVolumeClaim',
  'persistentvolumes pv v1 c PersistentVolume',
  'pods po v1 n Pod',
  'podtemplates - v1 n PodTemplate',
  'replicationcontrollers rc v1 n ReplicationController',
  'resourcequotas quota v1 n ResourceQuota',
  'secrets - v1 n Secret',
  'serviceaccounts sa v1 n ServiceAccount',
  'services svc v1 n Service',
  'mutatingadmissionpolicies - admissionregistration.k8s.io/v1 c MutatingAdmissionPolicy',
  'mutatingadmissionpolicybindings - admissionregistration.k8s.io/v1 c MutatingAdmissionPolicyBinding',
  'mutatingwebhookconfigurations - admissionregistration.k8s.io/v1 c MutatingWebhookConfiguration',
  'validatingadmissionpolicies - admissionregistration.k8s.io/v1 c ValidatingAdmissionPolicy',
  'validatingadmissionpolicybindings - admissionregistration.k8s.io/v1 c ValidatingAdmissionPolicyBinding',
  'validatingwebhookconfigurations - admissionregistration.k8s.io/v1 c ValidatingWebhookConfiguration',
  'customresourcedefinitions crd,crds apiextensions.k8s.io/v1 c CustomResourceDefinition',
  'apiservices - apiregistration.k8s.io/v1 c APIService',
  'controllerrevisions - apps/v1 n ControllerRevision',
  'daemonsets ds apps/v1 n DaemonSet',
  'deployments deploy apps/v1 n Deployment',
  'replicasets rs apps/v1 n ReplicaSet',
  'statefulsets sts apps/v1 n StatefulSet',
  'selfsubjectreviews - authentication.k8s.io/v1 c SelfSubjectReview',
  'tokenreviews - authentication.k8s.io/v1 c TokenReview',
  'localsubjectaccessreviews - authorization.k8s.io/v1 n LocalSubjectAccessReview',
  'selfsubjectaccessreviews - authorization.k8s.io/v1 c SelfSubjectAccessReview',
  'selfsubjectrulesreviews - authorization.k8s.io/v1 c SelfSubjectRulesReview',
  'subjectaccessreviews - authorization.k8s.io/v1 c SubjectAccessReview',
  'horizontalpodautoscalers hpa autoscaling/v2 n HorizontalPodAutoscaler',
  'cronjobs cj batch/v1 n CronJob',
  'jobs - batch/v1 n Job',
  'certificatesigningrequests csr certificates.k8s.io/v1 c CertificateSigningRequest',
  'leases - coordination.k8s.io/v1 n Lease',
  'endpointslices - discovery.k8s.io/v1 n EndpointSlice',
  'events ev events.k8s.io/v1 n Event',
  'flowschemas - flowcontrol.apiserver.k8s.io/v1 c FlowSchema',
  'prioritylevelconfigurations - flowcontrol.apiserver.k8s.io/v1 c PriorityLevelConfiguration',
  'ingressclasses - networking.k8s.io/v1 c IngressClass',
  'ingresses ing networking.k8s.io/v1 n Ingress',
  'ipaddresses ip networking.k8s.io/v1 c IPAddress',
  'networkpolicies netpol networking.k8s.io/v1 n NetworkPolicy',
  'servicecidrs - networking.k8s.io/v1 c ServiceCIDR',
  'runtimeclasses - node.k8s.io/v1 c RuntimeClass',
  'poddisruptionbudgets pdb policy/v1 n PodDisruptionBudget',
  'clusterrolebindings - rbac.authorization.k8s.io/v1 c ClusterRoleBinding',
  'clusterroles - rbac.authorization.k8s.io/v1 c ClusterRole',
  'rolebindings - rbac.authorization.k8s.io/v1 n RoleBinding',
  'roles - rbac.authorization.k8s.io/v1 n Role',
  'deviceclasses - resource.k8s.io/v1 c DeviceClass',
  'resourceclaims - resource.k8s.io/v1 n ResourceClaim',
  'resourceclaimtemplates - resource.k8s.io/v1 n ResourceClaimTemplate',
  'resourceslices - resource.k8s.io/v1 c ResourceSlice',
  'priorityclasses pc scheduling.k8s.io/v1 c PriorityClass',
  'csidrivers - storage.k8s.io/v1 c CSIDriver',
  'csinodes - storage.k8s.io/v1 c CSINode',
  'csistoragecapacities - storage.k8s.io/v1 n CSIStorageCapacity',
  'storageclasses sc storage.k8s.io/v1 c StorageClass',
  'volumeattachments - storage.k8s.io/v1 c VolumeAttachment',
  'volumeattributesclasses vac storage.k8s.io/v1 c VolumeAttributesClass',
];
const EXTRA_VERSIONS = ['autoscaling/v1'];
/** Resources to which one only sends something. */
const CREATE_ONLY = /^(bindings|.*reviews)$/;
const EVERY_VERB = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

interface Resource {
  readonly name: string;
  readonly shortNames: string;
  readonly version: string;
  readonly group: string;
  readonly isNamespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly categories: readonly string[];
}

const CATALOG: readonly Resource[] = RESOURCES.map((text) => {
  const [name = '', shortNames = '', version = '', scope, kind = ''] = text.split(' ');
  return {
    name,
    shortNames: shortNames === '-' ? '' : shortNames,
    version,
    group: version.includes('/') ? version.split('/')[0]! : '',
    isNamespaced: scope === 'n',
    kind,
    verbs: verbsOf(name),
    categories: (ALL_KINDS as readonly string[]).includes(kind)
      ? ['all']
      : kind.endsWith('Definition') || kind === 'APIService'
        ? ['api-extensions']
        : [],
  };
});

function verbsOf(name: string): readonly string[] {
  if (name === 'componentstatuses') return ['get', 'list'];
  return CREATE_ONLY.test(name) ? ['create'] : EVERY_VERB;
}

export function apiResources({ flags, args }: ParsedCommand, context: KubectlContext): Task<void> {
  if (args.length > 0) throw usageError('api-resources', `unexpected arguments: [${args.join(' ')}]`);
  const output = flags.text('output') ?? '';
  if (output !== '' && output !== 'wide' && output !== 'name') throw new KubectlError(`--output ${output} is not available`);
  const by = flags.text('sort-by') ?? '';
  if (by !== '' && by !== 'name' && by !== 'kind') throw new KubectlError('--sort-by accepts only name or kind');
  const group = flags.text('api-group');
  const [verbs, categories] = [flags.list('verbs'), flags.list('categories')];
  const shown = CATALOG.filter(
    (one) =>
      (!flags.has('namespaced') || one.isNamespaced === flags.isOn('namespaced')) &&
      (group === undefined || one.group === group) &&
      verbs.every((verb) => one.verbs.includes(verb)) &&
      categories.every((category) => one.categories.includes(category)),
  );
  const sorted = by === '' ? shown : [...shown].sort((a, b) => compareText(a[by as 'name' | 'kind'], b[by as 'name' | 'kind']));
  if (output === 'name') {
    for (const one of sorted) printLine(context, one.group === '' ? one.name : `${one.name}.${one.group}`);
    return atOnce();
  }
  const isWide = output === 'wide';
  const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(isWide ? ['VERBS', 'CATEGORIES'] : [])];
  const rows = sorted.map((one) => [
    one.name,
    one.shortNames,
    one.version,
    String(one.isNamespaced),
    one.kind,
    ...(isWide ? [one.verbs.join(','), one.categories.join(',')] : []),
  ]);
  const lines = flags.isOn('no-headers') ? rows : [header, ...rows];
  context.out(alignedTable(lines.map((cells) => `${cells.join('\t')}\n`).join('')));
  return atOnce();
}

export function apiVersions(_: ParsedCommand, context: KubectlContext): Task<void> {
  for (const version of groupVersions()) printLine(context, version);
  return atOnce();
}

/** `apps/v1`, `v1`: all that the server has, in the order of their names. */
export function groupVersions(): string[] {
  return [...new Set([...CATALOG.map(({ version }) => version), ...EXTRA_VERSIONS])].sort(compareText);
}
