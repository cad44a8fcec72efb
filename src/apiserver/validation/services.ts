/**
 * Services: ports, addresses, families, and what a change of type may bring.
 *
 * Models validateService and its kin in pkg/apis/core/validation/validation.go.
 */
import { isSameValue } from '../same-value.ts';
import { familyOf, groupsOf, validateCidr, validateIp } from './addresses.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateLabels } from './metadata.ts';
import { isLabel, isPort, isQualifiedName, isSubdomain } from './names.ts';
import { validatePortOrName } from './probes.ts';
import type { Sent } from './sent.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const FAMILIES = ['IPv4', 'IPv6'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const AFFINITY_SECONDS_MAX = 86_400; // MaxClientIPServiceAffinitySeconds
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const CHANGED = 'may not change once set';

export function validateService(errors: FieldErrors, { metadata, spec = {} }: Sent): void {
  const { type = '', ports = [], clusterIPs = [] } = spec;
  const isNone = isHeadless(spec);
  const hints = metadata.annotations?.['service.kubernetes.io/topology-aware-hints'];
  const mode = metadata.annotations?.['service.kubernetes.io/topology-mode'];
  if (hints !== undefined && mode !== undefined && hints !== mode) {
    const why = 'must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified';
    errors.invalid('metadata.annotations[service.kubernetes.io/topology-mode]', mode, why);
  }
  if (ports.length === 0 && !isNone && type !== 'ExternalName') errors.required('spec.ports');
  if (isNone && (type === 'LoadBalancer' || type === 'NodePort')) {
    errors.invalid('spec.clusterIPs[0]', clusterIPs[0], `may not be set to 'None' for ${type} services`);
  }
  if (type === 'ExternalName') validateExternalName(errors, spec);
  const names = new Set<string>();
  ports.forEach((port: Sent, at: number) => {
    validatePort(errors, port, `spec.ports[${at}]`, ports.length > 1, names);
  });
  validateLabels(errors, spec.selector, 'spec.selector');
  validateAffinity(errors, spec);
  if (type !== 'ExternalName') validateClusterIps(errors, spec);
  (spec.externalIPs ?? []).forEach((ip: string, at: number) => {
    const path = `spec.externalIPs[${at}]`;
    const found = errors.causes.length;
    validateIp(errors, ip, path);
    if (errors.causes.length === found) validateEndpointIp(errors, ip, path);
  });
  if (type === '') errors.required('spec.type');
  else if (!TYPES.includes(type)) errors.notSupported('spec.type', type, TYPES);
  validateNodePorts(errors, type, ports);
  validateLoadBalancer(errors, metadata, spec);
  validateTraffic(errors, spec);
}

export function isHeadless({ clusterIPs = [], clusterIP }: Sent): boolean {
  return clusterIPs.length === 0 ? clusterIP === 'None' : clusterIPs.length === 1 && clusterIPs[0] === 'None';
}

function validateExternalName(errors: FieldErrors, { clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName = '' }: Sent): void {
  const why = 'may not be set for ExternalName services';
  if (clusterIPs.length > 0) errors.forbidden('spec.clusterIPs', why);
  if (ipFamilies.length > 0) errors.forbidden('spec.ipFamilies', why);
  if (ipFamilyPolicy !== undefined) errors.forbidden('spec.ipFamilyPolicy', why);
  const name = externalName.replace(/\.$/, '');
  if (name === '') errors.required('spec.externalName');
  else errors.invalidEach('spec.externalName', name, isSubdomain(name));
}

function validatePort(errors: FieldErrors, port: Sent, path: string, needsName: boolean, names: Set<string>): void {
  const { name = '', port: number = 0, protocol = '', targetPort = 0, appProtocol } = port;
  if (needsName && name === '') errors.required(`${path}.name`);
  else if (name !== '') {
    errors.invalidEach(`${path}.name`, name, isLabel(name));
    if (names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
  }
  errors.invalidEach(`${path}.port`, number, isPort(number));
  if (protocol === '') errors.required(`${path}.protocol`);
  else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, PROTOCOLS);
  validatePortOrName(errors, targetPort, `${path}.targetPort`);
  if (appProtocol !== undefined) errors.invalidEach(`${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol));
}

function validateAffinity(errors: FieldErrors, { sessionAffinity = '', sessionAffinityConfig: config }: Sent): void {
  const path = 'spec.sessionAffinityConfig';
  if (sessionAffinity === '') return errors.required('spec.sessionAffinity');
  if (!['ClientIP', 'None'].includes(sessionAffinity)) {
    return errors.notSupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']);
  }
  if (sessionAffinity === 'None') {
    if (config !== undefined) errors.forbidden(path, 'must not be set when session affinity is None');
    return;
  }
  const why = 'when session affinity type is ClientIP';
  if (config === undefined) return errors.required(path, why);
  if (config.clientIP === undefined) return errors.required(`${path}.clientIP`, why);
  const seconds = config.clientIP.timeoutSeconds;
  if (seconds === undefined) return errors.required(`${path}.clientIP.timeoutSeconds`, why);
  if (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX) {
    errors.invalid(`${path}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`);
  }
}

export function validateClusterIps(errors: FieldErrors, spec: Sent): void {
  const { clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const path = 'spec.clusterIPs';
  if (clusterIP !== '') {
    if (clusterIPs.length === 0) errors.required(path);
    else if (clusterIPs[0] !== clusterIP) errors.invalid(path, clusterIPs, 'first value must match `clusterIP`');
  } else if (clusterIPs.length > 0) errors.invalid(path, clusterIPs, 'must be empty when `clusterIP` is not specified');
  const seen = new Set<string>();
  ipFamilies.forEach((family: string, at: number) => {
    const own = `spec.ipFamilies[${at}]`;
    if (!FAMILIES.includes(family)) errors.notSupported(own, family, FAMILIES);
    if (seen.has(family)) errors.duplicate(own, family);
    seen.add(family);
  });
  if (ipFamilyPolicy !== undefined && !FAMILY_POLICIES.includes(ipFamilyPolicy)) {
    errors.notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, FAMILY_POLICIES);
  }
  const found = errors.causes.length;
  clusterIPs.forEach((ip: string, at: number) => {
    if (at === 0 && ip === 'None') {
      if (clusterIPs.length > 1) errors.invalid(path, clusterIPs, "'None' must be the first and only value");
    } else validateIp(errors, ip, `${path}[${at}]`);
  });
  const areWrong = errors.causes.length > found;
  if (clusterIPs.length > 2) errors.invalid(path, clusterIPs, 'may only hold up to 2 values');
  if (areWrong) return;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(familyOf)).size < 2) {
    errors.invalid(path, clusterIPs, 'may specify no more than one IP for each IP family');
  }
  if (isHeadless(spec)) return;
  clusterIPs.slice(0, ipFamilies.length).forEach((ip: string, at: number) => {
    const wanted = ipFamilies[at];
    if (!FAMILIES.includes(wanted) || familyOf(ip) === wanted) return;
    errors.invalid(`${path}[${at}]`, ip, `expected an ${wanted} value as indicated by \`ipFamilies[${at}]\``);
  });
}

/** An address traffic can be sent to: not unspecified, not of this machine, not of this link. */
export function validateEndpointIp(errors: FieldErrors, ip: string, path: string): void {
  const groups = groupsOf(ip);
  const bytes = groups === undefined ? ip.split('.').map(Number) : [];
  const isV6 = groups !== undefined;
  const isZero = isV6 ? groups.every((group) => group === 0) : bytes.every((byte) => byte === 0);
  const isLoopback = isV6 ? groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1 : bytes[0] === 127;
  const isLinkLocal = isV6 ? (groups[0]! & 0xffc0) === 0xfe80 : bytes[0] === 169 && bytes[1] === 254;
  const isMulticast = isV6 ? (groups[0]! & 0xff0f) === 0xff02 : bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0;
  if (isZero) errors.invalid(path, ip, `may not be unspecified (${ip})`);
  if (isLoopback) errors.invalid(path, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (isLinkLocal) errors.invalid(path, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (isMulticast) errors.invalid(path, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
}

function validateNodePorts(errors: FieldErrors, type: string, ports: readonly Sent[]): void {
  if (type === 'ClusterIP') {
    ports.forEach(({ nodePort = 0 }, at) => {
      if (nodePort !== 0) errors.forbidden(`spec.ports[${at}].nodePort`, "may not be used when `type` is 'ClusterIP'");
    });
  }
  const nodePorts = new Set<string>();
  ports.forEach(({ protocol = '', nodePort = 0 }, at) => {
    if (nodePort === 0) return;
    const key = `${protocol}/${nodePort}`;
    if (nodePorts.has(key)) errors.duplicate(`spec.ports[${at}].nodePort`, nodePort);
    nodePorts.add(key);
  });
  const seen = new Set<string>();
  ports.forEach(({ protocol = '', port = 0 }, at) => {
    const key = `${protocol}/${port}`;
    // The server's own struct, whose fields have no JSON names.
    const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    if (seen.has(key)) errors.duplicate(`spec.ports[${at}]`, shown);
    seen.add(key);
  });
}

function validateLoadBalancer(errors: FieldErrors, { annotations = {} }: Sent, spec: Sent): void {
  const { type, loadBalancerSourceRanges: ranges = [], allocateLoadBalancerNodePorts, loadBalancerClass } = spec;
  const only = "may only be used when `type` is 'LoadBalancer'";
  const isBalanced = type === 'LoadBalancer';
  if (ranges.length > 0) {
    if (!isBalanced) errors.forbidden('spec.LoadBalancerSourceRanges', only);
    ranges.forEach((range: string, at: number) => {
      validateCidr(errors, range.trim(), `spec.LoadBalancerSourceRanges[${at}]`);
    });
  } else if (annotations[SOURCE_RANGES] !== undefined) {
    const path = `metadata.annotations[${SOURCE_RANGES}]`;
    if (!isBalanced) errors.forbidden(path, only);
    const text = annotations[SOURCE_RANGES].trim();
    if (text !== '') for (const range of text.split(',')) validateCidr(errors, range.trim(), path);
  }
  if (allocateLoadBalancerNodePorts !== undefined && !isBalanced) errors.forbidden('spec.allocateLoadBalancerNodePorts', only);
  if (loadBalancerClass === undefined) return;
  if (!isBalanced) errors.forbidden('spec.loadBalancerClass', only);
  else errors.invalidEach('spec.loadBalancerClass', loadBalancerClass, isQualifiedName(loadBalancerClass));
}

function validateTraffic(errors: FieldErrors, spec: Sent): void {
  const { type, externalIPs = [], externalTrafficPolicy = '', healthCheckNodePort = 0, internalTrafficPolicy, trafficDistribution } = spec;
  const isExternal = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);
  if (!isExternal) {
    if (externalTrafficPolicy !== '') {
      errors.invalid('spec.externalTrafficPolicy', externalTrafficPolicy, 'may only be set for externally-accessible services');
    }
  } else if (externalTrafficPolicy === '') errors.required('spec.externalTrafficPolicy');
  else if (!['Cluster', 'Local'].includes(externalTrafficPolicy)) {
    errors.notSupported('spec.externalTrafficPolicy', externalTrafficPolicy, ['Cluster', 'Local']);
  }
  const needsCheck = type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
  if (!needsCheck) {
    if (healthCheckNodePort !== 0) {
      const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
      errors.invalid('spec.healthCheckNodePort', healthCheckNodePort, why);
    }
  } else if (healthCheckNodePort === 0) errors.required('spec.healthCheckNodePort');
  else errors.invalidEach('spec.healthCheckNodePort', healthCheckNodePort, isPort(healthCheckNodePort));
  if (internalTrafficPolicy === undefined) {
    if (['NodePort', 'LoadBalancer', 'ClusterIP'].includes(type)) errors.required('spec.internalTrafficPolicy');
  } else if (!['Cluster', 'Local'].includes(internalTrafficPolicy)) {
    errors.notSupported('spec.internalTrafficPolicy', internalTrafficPolicy, ['Cluster', 'Local']);
  }
  if (trafficDistribution !== undefined && !DISTRIBUTIONS.includes(trafficDistribution)) {
    errors.notSupported('spec.trafficDistribution', trafficDistribution, DISTRIBUTIONS);
  }
}

export function validateServiceUpdate(errors: FieldErrors, service: Sent, before: Sent): void {
  const { spec } = service;
  const former = before.spec;
  const isExternalName = spec.type === 'ExternalName' || former.type === 'ExternalName';
  if (!isExternalName) {
    if (!(isHeadless(spec) && isHeadless(former))) validateAddressesKept(errors, spec, former);
    if (!isHeadless(spec) && !isHeadless(former)) validateFamiliesKept(errors, spec, former);
  }
  if (spec.type === 'LoadBalancer' && former.type === 'LoadBalancer' && !isSameValue(spec.loadBalancerClass, former.loadBalancerClass)) {
    errors.invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, CHANGED);
  }
  const needsCheck = (one: Sent) => one.type === 'LoadBalancer' && one.externalTrafficPolicy === 'Local';
  if (needsCheck(spec) && needsCheck(former) && spec.healthCheckNodePort !== former.healthCheckNodePort) {
    errors.forbidden('spec.healthCheckNodePort', 'field is immutable');
  }
  validateService(errors, service);
}

function validateFamiliesKept(errors: FieldErrors, spec: Sent, former: Sent): void {
  const now: readonly string[] = spec.ipFamilies ?? [];
  const before: readonly string[] = former.ipFamilies ?? [];
  const path = 'spec.ipFamilies[0]';
  const isOther = before.length > 0 && now.length > 0 && now[0] !== before[0];
  if (before.length === now.length) {
    before.forEach((family, at) => {
      if (family !== now[at]) errors.invalid(path, now, CHANGED);
    });
  } else if (before.length > now.length) {
    if ((spec.clusterIPs ?? []).length === 0) errors.invalid(path, now, 'primary ipFamily can not be unset');
    if (isOther) errors.invalid(path, spec.clusterIPs ?? null, CHANGED);
    if (now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
      const why = "must be set to 'SingleStack' when releasing the secondary ipFamily";
      errors.invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy ?? null, why);
    }
  } else if (isOther) errors.invalid(path, spec.clusterIPs ?? null, CHANGED);
}

function validateAddressesKept(errors: FieldErrors, spec: Sent, former: Sent): void {
  const now: readonly string[] = spec.clusterIPs ?? [];
  const before: readonly string[] = former.clusterIPs ?? [];
  if (before.length === now.length) {
    before.forEach((ip, at) => {
      if (ip !== now[at]) errors.invalid(`spec.clusterIPs[${at}]`, now, CHANGED);
    });
  } else if (before.length > now.length) {
    if (now.length === 0) errors.invalid('spec.clusterIPs[0]', now, 'primary clusterIP can not be unset');
    else if (now[0] !== before[0]) errors.invalid('spec.clusterIPs[0]', now, CHANGED);
    if (now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
      const why = "must be set to 'SingleStack' when releasing the secondary clusterIP";
      errors.invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy ?? null, why);
    }
  } else if (before.length > 0 && now[0] !== before[0]) errors.invalid('spec.clusterIPs[0]', now, CHANGED);
}

/** Addresses already found good, by identity: a list of a thousand is written again for one of them. */
const GOOD_ADDRESSES = new WeakSet<Sent>();

/** Endpoints, the older list of addresses. */
export function validateEndpoints(errors: FieldErrors, { subsets = [] }: Sent): void {
  subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }: Sent, at: number) => {
    const path = `subsets[${at}]`;
    if (addresses.length === 0 && notReadyAddresses.length === 0) errors.required(path, 'must specify `addresses` or `notReadyAddresses`');
    for (const [field, list] of Object.entries<readonly Sent[]>({ addresses, notReadyAddresses })) {
      list.forEach((address, index) => {
        if (GOOD_ADDRESSES.has(address)) return;
        const found = errors.causes.length;
        validateEndpointAddress(errors, address, `${path}.${field}[${index}]`);
        if (errors.causes.length === found) GOOD_ADDRESSES.add(address);
      });
    }
    ports.forEach(({ name = '', port = 0, protocol = '', appProtocol }: Sent, index: number) => {
      const own = `${path}.ports[${index}]`;
      if (ports.length > 1 && name === '') errors.required(`${own}.name`);
      else if (name !== '') errors.invalidEach(`${own}.name`, name, isLabel(name));
      errors.invalidEach(`${own}.port`, port, isPort(port));
      if (protocol === '') errors.required(`${own}.protocol`);
      else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${own}.protocol`, protocol, PROTOCOLS);
      if (appProtocol !== undefined) errors.invalidEach(`${own}.appProtocol`, appProtocol, isQualifiedName(appProtocol));
    });
  });
}

/** What a load balancer's controller may report. */
export function validateServiceStatus(errors: FieldErrors, { spec = {}, status = {} }: Sent): void {
  const ingress: readonly Sent[] = status.loadBalancer?.ingress ?? [];
  if (spec.type !== 'LoadBalancer') {
    if (ingress.length > 0) errors.forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'");
    return;
  }
  ingress.forEach(({ ip = '', hostname = '', ipMode }, at) => {
    const path = `status.loadBalancer.ingress[${at}]`;
    if (ip !== '') validateIp(errors, ip, `${path}.ip`);
    if (ipMode === undefined) {
      if (ip !== '') errors.required(`${path}.ipMode`, 'must be specified when `ip` is set');
    } else if (ip === '') errors.forbidden(`${path}.ipMode`, 'may not be specified when `ip` is not set');
    else if (!['Proxy', 'VIP'].includes(ipMode)) errors.notSupported(`${path}.ipMode`, ipMode, ['Proxy', 'VIP']);
    if (hostname === '') return;
    errors.invalidEach(`${path}.hostname`, hostname, isSubdomain(hostname));
    if (familyOf(hostname) !== undefined) errors.invalid(`${path}.hostname`, hostname, 'must be a DNS name, not an IP address');
  });
}

function validateEndpointAddress(errors: FieldErrors, { ip = '', hostname = '', nodeName }: Sent, path: string): void {
  const isIp = validateIp(errors, ip, `${path}.ip`);
  if (hostname !== '') errors.invalidEach(`${path}.hostname`, hostname, isLabel(hostname));
  if (nodeName !== undefined) errors.invalidEach(`${path}.nodeName`, nodeName, isSubdomain(nodeName));
  if (isIp) validateEndpointIp(errors, ip, `${path}.ip`);
  else errors.invalid(`${path}.ip`, ip, 'must be a valid IP address');
}
