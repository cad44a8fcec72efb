import { describe, expect, test } from 'vitest';
import { bodyOf, messageOf, RestClient } from '../../../support/rest.ts';

const PODS = '/api/v1/namespaces/default/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const SERVICES = '/api/v1/namespaces/default/services';

function pod(name: string, spec: object = {}, metadata: object = {}): object {
  return { metadata: { name, ...metadata }, spec: { containers: [{ name: 'c', image: 'x:1' }], ...spec } };
}

function deployment(name: string, spec: object = {}): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x:1' }] } };
  return { metadata: { name }, spec: { selector: { matchLabels: labels }, template, ...spec } };
}

describe('Discovery', () => {
  test('lists groups, resources and parts of them, whole or aggregated', () => {
    const client = new RestClient();
    expect(bodyOf(client.get('/apis/autoscaling')).preferredVersion).toEqual({ groupVersion: 'autoscaling/v2', version: 'v2' });
    const names = bodyOf(client.get('/apis/apps/v1')).resources.map(({ name }: { name: string }) => name);
    expect(names).toContain('deployments/scale');
    const aggregated = client.get('/apis', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(aggregated.contentType).toContain('APIGroupDiscoveryList');
    const apps = bodyOf(aggregated).items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === 'apps');
    expect(apps.versions[0].resources.map(({ resource }: { resource: string }) => resource)).toContain('statefulsets');
    expect(client.get('/readyz').text).toBe('ok');
    expect(bodyOf(client.get('/version')).minor).toBe('36');
    expect(client.get('/apis/nope').text).toBe('404 page not found\n');
  });
});

describe('Other versions of a kind', () => {
  test('An autoscaler of version 1 is one of version 2, with what has no field in an annotation', () => {
    const client = new RestClient();
    const path = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
    const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
    const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 60 };
    expect(client.post(path('v1'), { metadata: { name: 'web' }, spec }).code).toBe(201);
    expect(bodyOf(client.get(`${path('v2')}/web`)).spec.metrics[0].resource.target.averageUtilization).toBe(60);
    client.patch(`${path('v2')}/web`, { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 9 } } } });
    const { metadata } = bodyOf(client.get(`${path('v1')}/web`));
    expect(metadata.annotations['autoscaling.alpha.kubernetes.io/behavior']).toContain('"StabilizationWindowSeconds":9');
  });

  test('An event has the names of its own group there', () => {
    const client = new RestClient();
    const involvedObject = { kind: 'Pod', name: 'p', namespace: 'default' };
    client.post('/api/v1/namespaces/default/events', { metadata: { name: 'e' }, involvedObject, message: 'm', reason: 'R' });
    const event = bodyOf(client.get('/apis/events.k8s.io/v1/namespaces/default/events/e'));
    expect([event.note, event.regarding.name, event.message]).toEqual(['m', 'p', undefined]);
  });
});

describe('/scale', () => {
  test('A change through it takes the field from the workload, under an entry of its own that has no time', () => {
    const client = new RestClient();
    client.post(DEPLOYMENTS, deployment('web', { replicas: 2 }));
    const before = bodyOf(client.get(`${DEPLOYMENTS}/web`)).metadata.resourceVersion;
    // Even when the number stays the same.
    const scale = bodyOf(client.patch(`${DEPLOYMENTS}/web/scale`, { spec: { replicas: 2 } }));
    expect(scale.metadata.resourceVersion).not.toBe(before);
    const [first] = bodyOf(client.get(`${DEPLOYMENTS}/web`)).metadata.managedFields;
    expect([first.fieldsV1, first.time]).toEqual([{ 'f:spec': { 'f:replicas': {} } }, undefined]);
  });

  test('Server-side apply works there too, and a Table shows it', () => {
    const client = new RestClient();
    client.post(DEPLOYMENTS, deployment('web'));
    const config = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 4 } };
    const conflict = client.patch(`${DEPLOYMENTS}/web/scale`, config, 'apply-patch+yaml', { fieldManager: 'a' });
    expect(conflict.code).toBe(409);
    const applied = client.patch(`${DEPLOYMENTS}/web/scale`, config, 'apply-patch+yaml', { fieldManager: 'a', force: 'true' });
    expect(bodyOf(applied).spec.replicas).toBe(4);
    const table = bodyOf(client.get(`${DEPLOYMENTS}/web/scale`, 'application/json;as=Table;v=v1;g=meta.k8s.io'));
    expect(table.rows[0].cells.slice(0, 3)).toEqual(['web', 4, 0]);
  });
});

describe('Lists and maps that are empty', () => {
  test('count before the object is stored, and not after', () => {
    const client = new RestClient();
    const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
    const spec = { scaleTargetRef, maxReplicas: 3, behavior: { scaleUp: { policies: [] } } };
    const refused = client.post('/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', { metadata: { name: 'web' }, spec });
    expect(messageOf(refused)).toContain('spec.behavior.scaleUp.policies: Required value: must specify at least one Policy');
    const stored = bodyOf(client.post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'c', labels: {} }, data: {} }));
    expect([stored.metadata.labels, stored.data]).toEqual([undefined, undefined]);
  });
});

describe('What the server makes of new objects', () => {
  test("A pod gets its RuntimeClass's overhead, nodes and tolerations, or is refused", () => {
    const client = new RestClient();
    const overhead = { podFixed: { cpu: '250m' } };
    const scheduling = { nodeSelector: { runtime: 'kata' }, tolerations: [{ key: 'rt', operator: 'Exists' }] };
    client.post('/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: 'kata' }, handler: 'kata', overhead, scheduling });
    const { spec } = bodyOf(client.post(PODS, pod('p', { runtimeClassName: 'kata' })));
    expect([spec.overhead, spec.nodeSelector, spec.tolerations.at(-1).key]).toEqual([{ cpu: '250m' }, { runtime: 'kata' }, 'rt']);
    expect(messageOf(client.post(PODS, pod('q', { runtimeClassName: 'gvisor' })))).toContain('RuntimeClass "gvisor" not found');
    expect(messageOf(client.post(PODS, pod('r', { overhead: { cpu: '1' } })))).toContain('without corresponding RuntimeClass');
    const clash = pod('s', { runtimeClassName: 'kata', nodeSelector: { runtime: 'runc' } });
    expect(messageOf(client.post(PODS, clash))).toContain('conflict: runtimeClass.scheduling.nodeSelector[runtime] = kata');
  });

  test('Label keys of affinity become terms of its selector, AppArmor annotations a field', () => {
    const client = new RestClient();
    const term = { topologyKey: 'zone', labelSelector: { matchLabels: { a: 'b' } }, matchLabelKeys: ['app'], mismatchLabelKeys: ['tier'] };
    const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'localhost/strict' };
    const { spec } = bodyOf(client.post(PODS, pod('p', { affinity }, { labels: { app: 'x', tier: 'y' }, annotations })));
    const [stored] = spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    expect(stored.labelSelector.matchExpressions).toEqual([
      { key: 'app', operator: 'In', values: ['x'] },
      { key: 'tier', operator: 'NotIn', values: ['y'] },
    ]);
    expect(spec.containers[0].securityContext.appArmorProfile).toEqual({ type: 'Localhost', localhostProfile: 'strict' });
  });

  test('Fields of features that are off fall away', () => {
    const client = new RestClient();
    const lease = { metadata: { name: 'l' }, spec: { preferredHolder: 'x', holderIdentity: 'y' } };
    expect(bodyOf(client.post('/apis/coordination.k8s.io/v1/namespaces/default/leases', lease)).spec).toEqual({ holderIdentity: 'y' });
    const containers = [{ name: 'c', image: 'x:1', lifecycle: { stopSignal: 'SIGUSR1' } }];
    expect(bodyOf(client.post(PODS, pod('p', { containers }))).spec.containers[0].lifecycle).toBeUndefined();
  });

  test('An Ingress without a class gets the default one; of default PriorityClasses there is one', () => {
    const client = new RestClient();
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    client.post('/apis/networking.k8s.io/v1/ingressclasses', { metadata: { name: 'main', annotations }, spec: { controller: 'a/b' } });
    const spec = { defaultBackend: { service: { name: 's', port: { number: 80 } } } };
    const ingress = client.post('/apis/networking.k8s.io/v1/namespaces/default/ingresses', { metadata: { name: 'i' }, spec });
    expect(bodyOf(ingress).spec.ingressClassName).toBe('main');
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    client.post(classes, { metadata: { name: 'one' }, value: 1, globalDefault: true });
    const second = client.post(classes, { metadata: { name: 'two' }, value: 2, globalDefault: true });
    expect(messageOf(second)).toContain('PriorityClass one is already marked as default');
    expect(client.delete(`${classes}/system-node-critical`).code).toBe(403);
  });

  test('A claim says in both ways where its data comes from', () => {
    const client = new RestClient();
    const spec = {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      dataSource: { kind: 'PersistentVolumeClaim', name: 'old' },
    };
    const claim = bodyOf(client.post('/api/v1/namespaces/default/persistentvolumeclaims', { metadata: { name: 'c' }, spec }));
    expect(claim.spec.dataSourceRef).toMatchObject({ kind: 'PersistentVolumeClaim', name: 'old' });
    // The phase it shows is stored with the first write, even one that changes nothing.
    const path = '/api/v1/namespaces/default/persistentvolumeclaims/c';
    const first = bodyOf(client.patch(path, {})).metadata.resourceVersion;
    expect(first).not.toBe(claim.metadata.resourceVersion);
    expect(bodyOf(client.patch(path, {})).metadata.resourceVersion).toBe(first);
  });
});

describe('Services', () => {
  test('share a node port between protocols only within one of them', () => {
    const client = new RestClient();
    const service = (name: string, ...ports: object[]) => ({ metadata: { name }, spec: { type: 'NodePort', ports } });
    const both = [
      { name: 'a', port: 53, protocol: 'TCP', nodePort: 30053 },
      { name: 'b', port: 53, protocol: 'UDP' },
    ];
    const { spec } = bodyOf(client.post(SERVICES, service('dns', ...both)));
    expect(spec.ports.map(({ nodePort }: { nodePort: number }) => nodePort)).toEqual([30053, 30053]);
    const other = client.post(SERVICES, service('other', { port: 1, protocol: 'SCTP', nodePort: 30053 }));
    expect(messageOf(other)).toContain('spec.ports[0].nodePort: Invalid value: 30053: provided port is already allocated');
  });

  test('are refused families the cluster has not got', () => {
    const client = new RestClient();
    const families = (...ipFamilies: string[]) =>
      client.post(SERVICES, { metadata: { name: 's' }, spec: { ipFamilies, ports: [{ port: 1 }] } });
    expect(messageOf(families('ipv4'))).toContain('spec.ipFamilies[0]: Unsupported value: "ipv4"');
    expect(messageOf(families('IPv6'))).toContain('spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster');
    expect(messageOf(families('IPv4', 'IPv6'))).toContain("must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families");
  });
});

describe('Parts of a pod', () => {
  test('/ephemeralcontainers changes those alone, /resize asks after the node', () => {
    const client = new RestClient();
    client.post(PODS, pod('p', { nodeName: 'n' }));
    const debug = { name: 'debug', image: 'y:1', targetContainerName: 'c', terminationMessagePolicy: 'File' };
    const changed = client.patch(`${PODS}/p/ephemeralcontainers`, { spec: { ephemeralContainers: [debug], nodeSelector: { a: 'b' } } });
    expect([bodyOf(changed).spec.ephemeralContainers[0].name, bodyOf(changed).spec.nodeSelector]).toEqual(['debug', undefined]);
    const containers = [{ name: 'c', image: 'x:1', resources: { requests: { cpu: '9' } } }];
    client.post(PODS, pod('q', { nodeName: 'n', containers: [{ ...containers[0], resources: { requests: { cpu: '1' } } }] }));
    expect(messageOf(client.patch(`${PODS}/q/resize`, { spec: { containers } }))).toContain('node "n" not found');
    client.post('/api/v1/nodes', { metadata: { name: 'n' }, status: { allocatable: { cpu: '2' } } });
    const short = "node didn't have enough allocatable resources: cpu, requested: 9000, allocatable: 2000";
    expect(messageOf(client.patch(`${PODS}/q/resize`, { spec: { containers } }))).toContain(short);
  });

  test('A binding posted to the older path binds the pod it names', () => {
    const client = new RestClient();
    client.post(PODS, pod('p'));
    const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } };
    expect(client.post('/api/v1/namespaces/default/bindings', binding).code).toBe(201);
    expect(bodyOf(client.get(`${PODS}/p`)).spec.nodeName).toBe('n');
  });
});

describe('Refusals', () => {
  test('tell what is wrong with metadata as often as it is looked at', () => {
    const client = new RestClient();
    client.post(DEPLOYMENTS, deployment('web'));
    const bad = client.patch(`${DEPLOYMENTS}/web`, { metadata: { labels: { 'a~b': '1' } } });
    expect(bodyOf(bad).details.causes).toHaveLength(3);
    const uid = client.patch(`${DEPLOYMENTS}/web`, { metadata: { uid: 'x' } });
    expect(bodyOf(uid).details.causes).toHaveLength(2);
  });

  test('of a version that is no number are errors of the server', () => {
    const client = new RestClient();
    client.post(DEPLOYMENTS, deployment('web'));
    const refused = client.patch(`${DEPLOYMENTS}/web`, { metadata: { resourceVersion: 'x' } });
    expect([refused.code, messageOf(refused)]).toEqual([500, 'strconv.ParseUint: parsing "x": invalid syntax']);
  });

  test('come before the store says that the object is there already, and warnings before them', () => {
    const client = new RestClient();
    const annotations = { 'kubernetes.io/ingress.class': 'x' };
    const spec = { defaultBackend: { service: { name: 's', port: { number: 80 } } } };
    const path = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
    client.post(path, { metadata: { name: 'i', annotations }, spec });
    const again = client.post(path, { metadata: { name: 'i', annotations }, spec });
    expect([again.code, again.warnings.length]).toEqual([409, 1]);
  });

  test('Raw data that was sent with blanks is other data once a patch has written it', () => {
    const client = new RestClient();
    const path = '/apis/apps/v1/namespaces/default/controllerrevisions';
    client.post(path, { metadata: { name: 'r' }, revision: 1, data: { a: 1 } });
    expect(messageOf(client.patch(`${path}/r`, { metadata: { labels: { a: 'b' } } }))).toContain(
      'data: Invalid value: {"a":1}: field is immutable',
    );
  });
});
