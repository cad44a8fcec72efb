/** What happens to the cluster of a swarm: what people type, and what breaks. */
import type { Dice } from './dice.ts';
import type { RandomWorkload } from './random-objects.ts';

const ROLLABLE: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
const COMPONENTS = [
  'kube-controller-manager',
  'kube-scheduler',
  'deployment-controller',
  'job-controller',
  'node-lifecycle-controller',
  'garbage-collector-controller',
  'endpointslice-controller',
  'persistentvolume-attach-detach-controller',
] as const;

/** One command line, without `kubectl`. */
export function randomCommand(dice: Dice, workloads: readonly RandomWorkload[]): string {
  const { kind, app } = dice.pick(...workloads);
  const name = `${kind.toLowerCase()} ${app}`;
  const node = `node-${dice.whole(1, 6)}`;
  const isRollable = ROLLABLE.has(kind);
  return dice.pick(
    kind === 'Deployment' || kind === 'StatefulSet' ? `scale ${name} --replicas=${dice.pick(0, 1, 5, 12)}` : `get ${name} -o wide`,
    isRollable ? `rollout restart ${name}` : 'get pods -A -o wide',
    isRollable ? `rollout undo ${name}` : 'get events',
    isRollable ? `set image ${kind.toLowerCase()}/${app} c=${dice.pick('a:v2', 'gone:v1')}` : 'get hpa',
    `delete ${name} --wait=false${dice.pick('', ' --cascade=orphan', ' --cascade=foreground')}`,
    `delete pods -l app=${app} --wait=false${dice.pick('', ' --grace-period=0 --force')}`,
    `describe ${name}`,
    'get all',
    'top nodes',
    'top pods',
    `drain ${node} --ignore-daemonsets --delete-emptydir-data --force --timeout=${dice.pick('60s', '5m')}`,
    `cordon ${node}`,
    `uncordon ${node}`,
    `taint nodes ${node} dedicated=x:${dice.pick('NoSchedule', 'NoExecute', 'PreferNoSchedule')} --overwrite`,
    `label nodes ${node} pool=${dice.pick('red', 'blue')} --overwrite`,
    `label ns default pod-security.kubernetes.io/enforce=${dice.pick('baseline', 'restricted', 'privileged')} --overwrite`,
    `annotate ${name} seen=yes --overwrite`,
    `wait ${kind.toLowerCase()}/${app} --for=delete --timeout=30s`,
    isRollable ? `rollout pause ${name}` : 'get quota',
    isRollable ? `rollout resume ${name}` : 'get limits',
    isRollable ? `rollout status ${name} --timeout=60s` : 'get endpointslices',
    isRollable ? `rollout history ${name}` : 'get pvc,pv',
    `patch ${name} --type=merge -p {"metadata":{"labels":{"seen":"yes"}}}`,
    `patch pod ${app} --subresource=resize -p {"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"500m"}}}]}}`,
    kind === 'Deployment' ? `autoscale ${name} --min=1 --max=4` : 'get sc',
    kind === 'Deployment' ? `expose ${name} --name=again --port=81` : 'get leases -A',
    `create job once-${dice.whole(1, 99)} --image=a:v1`,
    'run solo --image=a:v1',
    'delete pod solo --wait=false',
    'create deployment extra --image=b:v1 -n other',
    'delete namespace other --wait=false',
  );
}

export function randomFault(dice: Dice): object {
  const nodes = () => dice.pick<object>({ count: dice.pick(1, 2) }, { zone: dice.pick('a', 'b') }, { names: [`node-${dice.whole(1, 6)}`] });
  // What these two do is not taken back.
  if (dice.often(0.1)) return dice.pick<object>({ removeNodes: { count: 1 } }, { restartKubelets: nodes() });
  const fault = dice.pick<object>(
    { crashNodes: nodes() },
    { shutdownNodes: nodes() },
    { partitionNodes: nodes() },
    { stopKubelets: nodes() },
    { zoneDark: 'a' },
    { drainZone: 'b' },
    { fillDisk: nodes() },
    { useMemory: nodes() },
    { registryOutage: true },
    { slowRegistry: 10 },
    { crashController: dice.pick(...COMPONENTS) },
    { loseLeader: dice.pick('kube-controller-manager', 'kube-scheduler') },
    { apiServerOutage: true },
    { slowApiServer: 20 },
  );
  return dice.often(0.8) ? { ...fault, for: dice.pick('10s', '60s', '5m') } : fault;
}
