import { describe, expect, test } from 'vitest';
import type { Level } from '../../../../src/apiserver/pod-security/policy.ts';
import { violationsOf, violationsText } from '../../../../src/apiserver/pod-security/violations.ts';

/** Passes every check of the restricted standard. */
const TIGHT = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ name: 'a', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
};
const container = (more: object, name = 'a') => ({ ...TIGHT.containers[0], name, ...more });
const secured = (securityContext: object, name = 'a') =>
  container({ securityContext: { ...TIGHT.containers[0]!.securityContext, ...securityContext } }, name);

function told(spec: object, level: Level, minor?: number, annotations: { [key: string]: string } = {}): string {
  return violationsText(violationsOf({ annotations, spec: { ...TIGHT, ...spec } }, { level, minor }));
}

describe('the baseline', () => {
  test.each<[string, object, string]>([
    ['nothing', {}, ''],
    ['namespaces of the node', { hostPID: true, hostIPC: true }, 'host namespaces (hostPID=true, hostIPC=true)'],
    [
      'privileged containers, those that start first included',
      { initContainers: [secured({ privileged: true }, 'i')], containers: [secured({ privileged: true })] },
      'privileged (containers "i", "a" must not set securityContext.privileged=true)',
    ],
    [
      'capabilities that are not usual',
      { containers: [secured({ capabilities: { drop: ['ALL'], add: ['SYS_TIME', 'NET_RAW', 'CHOWN'] } })] },
      'non-default capabilities (container "a" must not include "NET_RAW", "SYS_TIME" in securityContext.capabilities.add)',
    ],
    ['volumes of the node', { volumes: [{ name: 'logs', hostPath: { path: '/var' } }] }, 'hostPath volumes (volume "logs")'],
    [
      'ports of the node',
      {
        containers: [
          container({ ports: [{ hostPort: 80 }, { hostPort: 443 }, { containerPort: 1 }] }),
          container({ ports: [{ hostPort: 80 }] }, 'b'),
        ],
      },
      'hostPort (containers "a", "b" use hostPorts 443, 80)',
    ],
    [
      'probes of other hosts',
      {
        containers: [
          container({ livenessProbe: { httpGet: { host: 'example.org' } }, lifecycle: { preStop: { tcpSocket: { host: '1.1.1.1' } } } }),
        ],
      },
      'probe or lifecycle host (container "a" uses probe or lifecycle hosts "1.1.1.1", "example.org")',
    ],
    [
      'another view of /proc',
      { containers: [secured({ procMount: 'Unmasked' })] },
      'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
    ],
    ['another view of /proc for users of its own', { hostUsers: false, containers: [secured({ procMount: 'Unmasked' })] }, ''],
    [
      'SELinux options',
      {
        securityContext: { ...TIGHT.securityContext, seLinuxOptions: { type: 'spc_t', user: 'u' } },
        containers: [secured({ seLinuxOptions: { role: 'r' } })],
      },
      'seLinuxOptions (pod and container "a" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set; role may not be set)',
    ],
    [
      'system calls without a profile',
      { securityContext: { seccompProfile: { type: 'Unconfined' } } },
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'sysctls',
      { securityContext: { ...TIGHT.securityContext, sysctls: [{ name: 'kernel.msgmax' }, { name: 'net.ipv4.tcp_rmem' }] } },
      'forbidden sysctls (kernel.msgmax)',
    ],
    [
      'host processes of Windows',
      { securityContext: { ...TIGHT.securityContext, windowsOptions: { hostProcess: true } } },
      'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      'AppArmor switched off',
      { containers: [secured({ appArmorProfile: { type: 'Unconfined' } })] },
      'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined")',
    ],
  ])('of %s', (_what, spec, words) => expect(told(spec, 'baseline')).toBe(words));

  test('of AppArmor by annotation', () => {
    const annotations = {
      'container.apparmor.security.beta.kubernetes.io/a': 'unconfined',
      'container.apparmor.security.beta.kubernetes.io/b': 'localhost/x',
    };
    expect(told({}, 'baseline', undefined, annotations)).toBe(
      'forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/a="unconfined"")',
    );
  });
});

describe('the restricted standard', () => {
  test.each<[string, object, string]>([
    ['nothing', {}, ''],
    [
      'escalation and capabilities',
      {
        containers: [
          container({ securityContext: { capabilities: { add: ['NET_BIND_SERVICE', 'CHOWN'] } } }),
          container({ securityContext: {} }, 'b'),
        ],
      },
      'allowPrivilegeEscalation != false (containers "a", "b" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (containers "a", "b" must set securityContext.capabilities.drop=["ALL"]; ' +
        'container "a" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      'volumes of other kinds, in place of the check for those of the node',
      {
        volumes: [
          { name: 'n', nfs: {} },
          { name: 'h', hostPath: {} },
          { name: 's', secret: {} },
        ],
      },
      'restricted volume types (volumes "n", "h" use restricted volume types "hostPath", "nfs")',
    ],
    [
      'running as root',
      { securityContext: { ...TIGHT.securityContext, runAsNonRoot: false, runAsUser: 0 } },
      'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)',
    ],
    [
      'a container that might run as root',
      { securityContext: { seccompProfile: { type: 'Localhost' } }, containers: [secured({ runAsNonRoot: true }), secured({}, 'b')] },
      'runAsNonRoot != true (pod or container "b" must set securityContext.runAsNonRoot=true)',
    ],
    [
      'root among users of its own',
      { hostUsers: false, securityContext: { ...TIGHT.securityContext, runAsNonRoot: false, runAsUser: 0 } },
      '',
    ],
    [
      'another view of /proc, for users of its own too',
      { hostUsers: false, containers: [secured({ procMount: 'Unmasked' })] },
      'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      'a missing profile',
      { securityContext: { runAsNonRoot: true } },
      'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'what Windows does not have',
      { os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [container({ securityContext: {} })] },
      '',
    ],
  ])('of %s', (_what, spec, words) => expect(told(spec, 'restricted')).toBe(words));
});

describe('an older version of a standard', () => {
  test('has the checks it had', () => {
    const probes = { containers: [container({ livenessProbe: { httpGet: { host: 'example.org' } } })] };
    expect([told(probes, 'baseline', 33), told(probes, 'baseline', 34)].map((text) => text !== '')).toEqual([false, true]);
    const ports = { securityContext: { ...TIGHT.securityContext, sysctls: [{ name: 'net.ipv4.tcp_rmem' }] } };
    expect([told(ports, 'baseline', 31), told(ports, 'baseline', 32)].map((text) => text !== '')).toEqual([true, false]);
    const bare = { securityContext: {}, containers: [{ name: 'a' }] };
    expect(told(bare, 'restricted', 7)).toBe('runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)');
  });

  test('before v1.22 lets the baseline speak of capabilities, and before v1.19 annotations of profiles', () => {
    const adding = { containers: [secured({ capabilities: { add: ['NET_RAW'] } })] };
    expect(told(adding, 'restricted', 21)).toContain('non-default capabilities');
    const annotations = { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' };
    expect(told({}, 'baseline', 18, annotations)).toBe(
      'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
    );
    expect(told({}, 'baseline', 19, annotations)).toBe('');
  });

  test('later than any change is the last one', () =>
    expect(told({ hostPID: true }, 'baseline', 99)).toBe('host namespaces (hostPID=true)'));
});
