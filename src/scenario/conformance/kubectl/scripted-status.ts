/**
 * What the scripted kubelet writes of a pod: running, waiting for its image, in a crash loop, or ended.
 */
import type { Container, Pod } from '../../../model/pod.ts';
import { timeText } from '../../../model/time.ts';

const RESTARTS = 3;

/** How the script treats a pod; told by its images and commands. */
export type PodFate = 'runs' | 'never ready' | 'no image' | 'crashes';

export function fateOf({ spec }: Pod): PodFate {
  const images = spec.containers.map(({ image = '' }) => image);
  if (images.some((image) => image.includes('naoexiste') || image.includes('missing'))) return 'no image';
  if (images.some((image) => image.includes('crash'))) return 'crashes';
  return images.some((image) => image.includes('slow')) ? 'never ready' : 'runs';
}

/** The code the pod's containers end with; undefined when they run on. */
export function endOf({ spec }: Pod): number | undefined {
  if ((spec.restartPolicy ?? 'Always') === 'Always') return undefined;
  const text = spec.containers.flatMap(({ command = [], args = [] }) => [...command, ...args]).join(' ');
  if (text.includes('sleep 3600')) return undefined;
  return text.includes('exit 1') ? 1 : 0;
}

export interface Addresses {
  readonly host: string;
  readonly pod: string;
}

export function startedStatus(pod: Pod, fate: PodFate, { host, pod: ip }: Addresses, nowUs: number): NonNullable<Pod['status']> {
  const isReady = fate === 'runs';
  const time = timeText(nowUs);
  return {
    ...pod.status,
    phase: fate === 'no image' ? 'Pending' : 'Running',
    conditions: conditionsOf(isReady, time),
    containerStatuses: pod.spec.containers.map((container) => containerStatus(pod, container, fate, time)),
    hostIP: host,
    hostIPs: [{ ip: host }],
    podIP: ip,
    podIPs: [{ ip }],
    startTime: pod.status?.startTime ?? time,
  } as NonNullable<Pod['status']>;
}

export function endedStatus(pod: Pod, exitCode: number, nowUs: number): NonNullable<Pod['status']> {
  const time = timeText(nowUs);
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  return {
    ...pod.status,
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    conditions: conditionsOf(false, time),
    containerStatuses: pod.spec.containers.map(({ name, image = '' }) => ({
      containerID: CONTAINER_ID,
      image,
      imageID: imageIdOf(image),
      lastState: {},
      name,
      ready: false,
      restartCount: 0,
      started: false,
      state: { terminated: { exitCode, reason, startedAt: time, finishedAt: time, containerID: CONTAINER_ID } },
    })),
  } as NonNullable<Pod['status']>;
}

const CONTAINER_ID = `containerd://${'ab'.repeat(32)}`;

function imageIdOf(image: string): string {
  return `${image}@sha256:${'cd'.repeat(32)}`;
}

function conditionsOf(isReady: boolean, time: string): object[] {
  const ready = isReady ? 'True' : 'False';
  return (
    [
      ['PodReadyToStartContainers', 'True'],
      ['Initialized', 'True'],
      ['Ready', ready],
      ['ContainersReady', ready],
      ['PodScheduled', 'True'],
    ] as const
  ).map(([type, status]) => ({ type, status, lastProbeTime: null, lastTransitionTime: time }));
}

function containerStatus(pod: Pod, { name, image = '' }: Container, fate: PodFate, time: string): object {
  const waiting = { image, imageID: '', name, ready: false, started: false };
  switch (fate) {
    case 'no image':
      return {
        ...waiting,
        lastState: {},
        restartCount: 0,
        state: { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } },
      };
    case 'crashes': {
      const { name: podName, namespace, uid } = pod.metadata;
      const message = `back-off 40s restarting failed container=${name} pod=${podName}_${namespace}(${uid})`;
      return {
        ...waiting,
        lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: time, finishedAt: time } },
        restartCount: RESTARTS,
        state: { waiting: { reason: 'CrashLoopBackOff', message } },
      };
    }
    default:
      return {
        containerID: CONTAINER_ID,
        image,
        imageID: imageIdOf(image),
        lastState: {},
        name,
        ready: fate === 'runs',
        restartCount: 0,
        started: true,
        state: { running: { startedAt: time } },
      };
  }
}
