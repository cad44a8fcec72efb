/** A whole scenario by chance: a small cluster, workloads of any kind, what people do to them and what breaks. */
import { Dice } from './dice.ts';
import { randomCommand, randomFault } from './random-events.ts';
import { type RandomWorkload, randomObjects } from './random-objects.ts';

/** The files of a scenario, by name; `scenario.yaml` names the others. JSON is YAML. */
export function randomScenario(seed: number): { readonly [file: string]: string } {
  const dice = new Dice(seed);
  const { workloads, objects, changed, services } = randomObjects(dice);
  const minutes = dice.pick(5, 10, 20);
  const at = () => `${dice.whole(20, minutes * 60 - 30)}s`;
  const events: object[] = [
    { at: '0s', apply: 'manifests.yaml', mayFail: true },
    { at: '1s', kubectl: 'create namespace other', mayFail: true },
  ];
  for (let count = dice.whole(2, 8); count > 0; count--) events.push({ at: at(), kubectl: randomCommand(dice, workloads), mayFail: true });
  for (let count = dice.whole(0, 4); count > 0; count--) events.push({ at: at(), fault: randomFault(dice) });
  const isChanged = changed.length > 0 && dice.often(0.6);
  if (isChanged) events.push({ at: at(), apply: 'changed.yaml', mayFail: true });
  const scenario = {
    apiVersion: 'orrery.dev/v1',
    kind: 'Scenario',
    metadata: { name: `swarm-${seed}` },
    seed,
    duration: `${minutes}m`,
    cluster: clusterOf(dice),
    workloads: workloads.map((one) => behaviourOf(dice, one)),
    events,
    traffic:
      services.length === 0
        ? []
        : [{ name: 'visitors', to: dice.pick(...services), arrivals: { poisson: '20/s' }, from: '30s', retries: dice.pick(0, 2) }],
  };
  return {
    'scenario.yaml': `# Does anything break?\n${JSON.stringify(scenario, null, 1)}\n`,
    'manifests.yaml': documents(objects),
    ...(isChanged ? { 'changed.yaml': documents(changed) } : {}),
  };
}

function documents(objects: readonly object[]): string {
  return `${objects.map((object) => JSON.stringify(object)).join('\n---\n')}\n`;
}

function clusterOf(dice: Dice): object {
  const capacity = { cpu: dice.pick(2, 4, 8), memory: dice.pick('4Gi', '16Gi'), 'ephemeral-storage': '20Gi' };
  const kubelet = dice.maybe(0.4, () => ({
    kubelet: dice.pick<object>(
      { maxPods: dice.pick(5, 20) },
      { serializeImagePulls: false, maxParallelImagePulls: 2 },
      { shutdownGracePeriod: '40s', shutdownGracePeriodCriticalPods: '10s' },
    ),
  }));
  return {
    nodes: [{ count: 6, zones: ['a', 'b'], labels: { pool: 'red' }, capacity, ...kubelet }],
    images: ['a:v1', 'a:v2', 'b:v1'].map((name) => ({ name, size: dice.pick('10Mi', '300Mi') })),
    controlPlaneReplicas: dice.pick(1, 1, 3),
    ...dice.maybe(0.2, () => ({ controllers: { kubeApiQps: 5, kubeApiBurst: 5 } })),
  };
}

function behaviourOf(dice: Dice, { kind, app }: RandomWorkload): object {
  const isTask = kind === 'Job' || kind === 'CronJob';
  return {
    match: { app },
    ...dice.maybe(0.5, () => ({ startup: dice.pick('1s', '8s') })),
    ...(isTask ? { run: dice.pick('5s', '40s'), ...dice.maybe(0.3, () => ({ exitCode: dice.pick(1, 3) })) } : {}),
    ...dice.maybe(0.2, () => ({ crash: dice.pick<object>({ meanBetween: '60s' }, { after: '30s' }, { at: '100s', exitCode: 137 }) })),
    ...dice.maybe(0.1, () => ({ hang: { after: '40s' } })),
    ...dice.maybe(0.2, () => ({ memory: '1Gi', memoryGrowth: dice.pick('0', '5Mi') })),
    ...dice.maybe(0.1, () => ({ disk: '3Gi' })),
    ...dice.maybe(0.2, () => ({ termination: dice.pick('100ms', '20s', '100s') })),
  };
}
