/**
 * Probes and lifecycle hooks: one handler each, with numbers that make sense.
 *
 * Models validateProbe, validateHandler and validateLifecycle of pkg/apis/core/validation/validation.go.
 */
import type { PodSurroundings } from './container.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateNonnegative } from './metadata.ts';
import { isHeaderName, isPort, isPortName } from './names.ts';
import type { Sent } from './sent.ts';

const COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;
const MORE_THAN_ONE = 'may not specify more than 1 handler type';
const LINUX_SIGNALS = [
  ...['SIGABRT', 'SIGALRM', 'SIGBUS', 'SIGCHLD', 'SIGCLD', 'SIGCONT', 'SIGFPE', 'SIGHUP', 'SIGILL', 'SIGINT', 'SIGIO', 'SIGIOT'],
  ...['SIGKILL', 'SIGPIPE', 'SIGPOLL', 'SIGPROF', 'SIGPWR', 'SIGQUIT', 'SIGSEGV', 'SIGSTKFLT', 'SIGSTOP', 'SIGSYS', 'SIGTERM'],
  ...['SIGTRAP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGUSR1', 'SIGUSR2', 'SIGVTALRM', 'SIGWINCH', 'SIGXCPU', 'SIGXFSZ'],
  'SIGRTMIN',
  ...Array.from({ length: 15 }, (_, at) => `SIGRTMIN+${at + 1}`),
  ...Array.from({ length: 14 }, (_, at) => `SIGRTMAX-${14 - at}`),
  'SIGRTMAX',
];

export function validateProbes(errors: FieldErrors, container: Sent, path: string, pod: PodSurroundings): void {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  if (livenessProbe !== undefined) {
    validateProbe(errors, livenessProbe, `${path}.livenessProbe`, pod);
    validateOneSuccess(errors, livenessProbe, `${path}.livenessProbe`);
  }
  if (readinessProbe !== undefined) {
    validateProbe(errors, readinessProbe, `${path}.readinessProbe`, pod);
    if (readinessProbe.terminationGracePeriodSeconds !== undefined) {
      const own = `${path}.readinessProbe.terminationGracePeriodSeconds`;
      errors.invalid(own, readinessProbe.terminationGracePeriodSeconds, 'must not be set for readinessProbes');
    }
  }
  if (startupProbe !== undefined) {
    validateProbe(errors, startupProbe, `${path}.startupProbe`, pod);
    validateOneSuccess(errors, startupProbe, `${path}.startupProbe`);
  }
}

function validateProbe(errors: FieldErrors, probe: Sent, path: string, pod: PodSurroundings): void {
  validateHandler(errors, probe, path, pod);
  for (const field of COUNTS) validateNonnegative(errors, `${path}.${field}`, probe[field] ?? 0);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) errors.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0');
}

function validateOneSuccess(errors: FieldErrors, { successThreshold = 0 }: Sent, path: string): void {
  if (successThreshold !== 1) errors.invalid(`${path}.successThreshold`, successThreshold, 'must be 1');
}

function validateHandler(errors: FieldErrors, handler: Sent, path: string, pod: PodSurroundings): void {
  let count = 0;
  for (const name of HANDLERS) {
    const action = handler[name];
    if (action === undefined) continue;
    if (count > 0) errors.forbidden(`${path}.${name}`, MORE_THAN_ONE);
    else validateAction(errors, name, action, `${path}.${name}`, pod);
    count++;
  }
  if (count === 0) errors.required(path, 'must specify a handler type');
}

function validateAction(errors: FieldErrors, name: (typeof HANDLERS)[number], action: Sent, path: string, pod: PodSurroundings): void {
  switch (name) {
    case 'exec':
      if ((action.command ?? []).length === 0) errors.required(`${path}.command`);
      return;
    case 'httpGet':
      return validateHttpGet(errors, action, path);
    case 'tcpSocket':
    case 'grpc':
      return validatePortOrName(errors, action.port ?? 0, `${path}.port`);
    case 'sleep': {
      const { gracePeriodSeconds } = pod;
      const { seconds = 0 } = action;
      if (gracePeriodSeconds === undefined || (seconds >= 0 && seconds <= gracePeriodSeconds)) return;
      return errors.invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriodSeconds})`);
    }
  }
}

function validateHttpGet(errors: FieldErrors, { path: file = '', port = 0, scheme = '', httpHeaders = [] }: Sent, path: string): void {
  if (file === '') errors.required(`${path}.path`);
  validatePortOrName(errors, port, `${path}.port`);
  if (!['HTTP', 'HTTPS'].includes(scheme)) errors.notSupported(`${path}.scheme`, scheme, ['HTTP', 'HTTPS']);
  for (const { name = '' } of httpHeaders) errors.invalidEach(`${path}.httpHeaders`, name, isHeaderName(name));
}

/** A number in range, or the name of a port. */
export function validatePortOrName(errors: FieldErrors, port: number | string, path: string): void {
  errors.invalidEach(path, port, typeof port === 'number' ? isPort(port) : isPortName(port));
}

export function validateLifecycle(errors: FieldErrors, { postStart, preStop, stopSignal }: Sent, path: string, pod: PodSurroundings): void {
  if (postStart !== undefined) validateHandler(errors, postStart, `${path}.postStart`, pod);
  if (preStop !== undefined) validateHandler(errors, preStop, `${path}.preStop`, pod);
  if (stopSignal === undefined) return;
  const own = `${path}.stopSignal`;
  if (pod.os === undefined) errors.forbidden(own, 'may not be set for containers with empty `spec.os.name`');
  else if (pod.os === 'windows') {
    if (!['SIGKILL', 'SIGTERM'].includes(stopSignal)) errors.notSupported(own, stopSignal, ['SIGKILL', 'SIGTERM']);
  } else if (!LINUX_SIGNALS.includes(stopSignal)) errors.notSupported(own, stopSignal, [...LINUX_SIGNALS].sort());
}
