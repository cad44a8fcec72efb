/**
 * EndpointSlices, Ingresses, IngressClasses and NetworkPolicies.
 *
 * Models pkg/apis/{discovery,networking}/validation/validation.go.
 */
import { familyOf, isStrictSubnet, validateCanonicalIp, validateCidr, validateIp } from './addresses.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateLabelSelector, validateLabels } from './metadata.ts';
import { isLabel, isLabelValue, isPathSegment, isPort, isPortName, isQualifiedName, isSubdomain, isWildcardSubdomain } from './names.ts';
import type { Sent } from './sent.ts';
import { validateEndpointIp } from './services.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const ENDPOINTS_MAX = 1000;
const ADDRESSES_MAX = 100;
const PORTS_MAX = 20_000;
const TOPOLOGY_MAX = 16;
const HINTS_MAX = 8;
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const CONTROLLER_MAX = 250;

/** Endpoints already found good, by identity, and for which type of address: a slice of a hundred is written again for one of them. */
const GOOD_ENDPOINTS = new WeakMap<Sent, string>();

export function validateEndpointSlice(errors: FieldErrors, slice: Sent): void {
  const { addressType = '', endpoints = [], ports = [] } = slice;
  if (addressType === '') errors.required('addressType');
  else if (!ADDRESS_TYPES.includes(addressType)) errors.notSupported('addressType', addressType, ADDRESS_TYPES);
  validateSlicePorts(errors, ports ?? []);
  const list: readonly Sent[] = endpoints ?? [];
  if (list.length > ENDPOINTS_MAX) return errors.tooMany('endpoints', list.length, ENDPOINTS_MAX);
  list.forEach((endpoint, at) => {
    if (GOOD_ENDPOINTS.get(endpoint) === addressType) return;
    const found = errors.causes.length;
    validateEndpoint(errors, endpoint, addressType, `endpoints[${at}]`);
    if (errors.causes.length === found) GOOD_ENDPOINTS.set(endpoint, addressType);
  });
}

function validateSlicePorts(errors: FieldErrors, ports: readonly Sent[]): void {
  if (ports.length > PORTS_MAX) return errors.tooMany('ports', ports.length, PORTS_MAX);
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol, appProtocol }, at) => {
    const path = `ports[${at}]`;
    if (name !== '') errors.invalidEach(`${path}.name`, name, isLabel(name));
    if (names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
    if (protocol === undefined) errors.required(`${path}.protocol`);
    else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, PROTOCOLS);
    if (appProtocol !== undefined) errors.invalidEach(`${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol));
  });
}

function validateEndpoint(errors: FieldErrors, endpoint: Sent, addressType: string, path: string): void {
  const { nodeName, hostname, hints, deprecatedTopology = {} } = endpoint;
  const addresses: readonly string[] = endpoint.addresses ?? [];
  if (addresses.length === 0) errors.required(`${path}.addresses`, 'must contain at least 1 address');
  else if (addresses.length > ADDRESSES_MAX) errors.tooMany(`${path}.addresses`, addresses.length, ADDRESSES_MAX);
  addresses.forEach((address, at) => {
    validateAddress(errors, address, addressType, `${path}.addresses`, at);
  });
  if (nodeName !== undefined) errors.invalidEach(`${path}.nodeName`, nodeName, isSubdomain(nodeName));
  const labels = Object.keys(deprecatedTopology).length;
  if (labels > TOPOLOGY_MAX) errors.tooMany(`${path}.deprecatedTopology`, labels, TOPOLOGY_MAX);
  validateLabels(errors, deprecatedTopology, `${path}.deprecatedTopology`);
  if (hostname !== undefined) errors.invalidEach(`${path}.hostname`, hostname, isLabel(hostname));
  for (const field of ['forZones', 'forNodes']) {
    const list: readonly Sent[] = hints?.[field] ?? [];
    if (list.length > HINTS_MAX) {
      errors.tooMany(`${path}.hints.${field}`, list.length, HINTS_MAX);
      return;
    }
    const names = new Set<string>();
    list.forEach(({ name = '' }, at) => {
      const own = `${path}.hints.${field}[${at}].name`;
      if (names.has(name)) errors.duplicate(own, name);
      names.add(name);
      errors.invalidEach(own, name, field === 'forZones' ? isLabelValue(name) : isSubdomain(name));
    });
  }
}

function validateAddress(errors: FieldErrors, address: string, addressType: string, path: string, at: number): void {
  const own = `${path}[${at}]`;
  if (addressType === 'FQDN') return validateDomainName(errors, address, own);
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return;
  const found = errors.causes.length;
  if (addressType === 'IPv4') validateIp(errors, address, own);
  else validateCanonicalIp(errors, address, own);
  if (errors.causes.length > found) return;
  if (familyOf(address) !== addressType) errors.invalid(path, address, `must be an ${addressType} address`);
  validateEndpointIp(errors, address, own);
}

/** `shop.example.com`: at least two labels (IsFullyQualifiedDomainName). */
function validateDomainName(errors: FieldErrors, name: string, path: string): void {
  if (name === '') return errors.required(path);
  const bare = name.replace(/\.$/, '');
  const complaints = isSubdomain(bare);
  if (complaints.length > 0) return errors.invalidEach(path, bare, complaints);
  if (bare.split('.').length < 2) return errors.invalid(path, bare, 'should be a domain with at least two segments separated by dots');
  for (const label of bare.split('.')) errors.invalidEach(path, label, isLabel(label));
}

export function validateIngress(errors: FieldErrors, { metadata, spec = {} }: Sent, isCreate: boolean): void {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec;
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified');
  }
  if (defaultBackend !== undefined) validateBackend(errors, defaultBackend, 'spec.defaultBackend');
  rules.forEach((rule: Sent, at: number) => {
    validateRule(errors, rule, `spec.rules[${at}]`);
  });
  tls.forEach(({ hosts = [], secretName = '' }: Sent, at: number) => {
    hosts.forEach((host: string, index: number) => {
      errors.invalidEach(`spec.tls[${at}].hosts[${index}]`, host, host.includes('*') ? isWildcardSubdomain(host) : isSubdomain(host));
    });
    if (secretName !== '') errors.invalidEach(`spec.tls[${at}].secretName`, secretName, isSubdomain(secretName));
  });
  if (ingressClassName !== undefined) errors.invalidEach('spec.ingressClassName', ingressClassName, isSubdomain(ingressClassName));
  const annotation = metadata.annotations?.['kubernetes.io/ingress.class'];
  if (isCreate && annotation !== undefined && ingressClassName !== undefined && annotation !== ingressClassName) {
    errors.invalid('annotations.kubernetes.io/ingress.class', annotation, 'must match `ingressClassName` when both are specified');
  }
}

function validateRule(errors: FieldErrors, { host = '', http }: Sent, path: string): void {
  if (host !== '') {
    if (familyOf(host) !== undefined) errors.invalid(`${path}.host`, host, 'must be a DNS name, not an IP address');
    errors.invalidEach(`${path}.host`, host, host.includes('*') ? isWildcardSubdomain(host) : isSubdomain(host));
  }
  if (http === undefined) return;
  const paths: readonly Sent[] = http.paths ?? [];
  if (paths.length === 0) errors.required(`${path}.http.paths`);
  paths.forEach((one, at) => {
    validateHttpPath(errors, one, `${path}.http.paths[${at}]`);
  });
}

function validateHttpPath(errors: FieldErrors, { path: target = '', pathType, backend = {} }: Sent, path: string): void {
  if (pathType === undefined || pathType === null) return errors.required(`${path}.pathType`, 'pathType must be specified');
  const own = `${path}.path`;
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!target.startsWith('/')) errors.invalid(own, target, 'must be an absolute path');
    if (target !== '') {
      for (const part of ['//', '/./', '/../', '%2f', '%2F'])
        if (target.includes(part)) errors.invalid(own, target, `must not contain '${part}'`);
      for (const end of ['/..', '/.']) if (target.endsWith(end)) errors.invalid(own, target, `cannot end with '${end}'`);
    }
  } else if (pathType === 'ImplementationSpecific') {
    if (target !== '' && !target.startsWith('/')) errors.invalid(own, target, 'must be an absolute path');
  } else errors.notSupported(`${path}.pathType`, pathType, PATH_TYPES);
  validateBackend(errors, backend, `${path}.backend`);
}

function validateBackend(errors: FieldErrors, { service, resource }: Sent, path: string): void {
  if (service !== undefined && resource !== undefined) return errors.invalid(path, '', 'cannot set both resource and service backends');
  if (resource !== undefined) return validateTypedReference(errors, resource, `${path}.resource`);
  if (service === undefined) return errors.invalid(path, '', 'resource or service backend is required');
  const { name = '', port = {} } = service;
  if (name === '') errors.required(`${path}.service.name`);
  else errors.invalidEach(`${path}.service.name`, name, isLabel(name));
  const { name: portName = '', number = 0 } = port;
  if (portName !== '' && number !== 0) errors.invalid(path, '', 'cannot set both port name & port number');
  else if (portName !== '') errors.invalidEach(`${path}.service.port.name`, portName, isPortName(portName));
  else if (number !== 0) errors.invalidEach(`${path}.service.port.number`, number, isPort(number));
  else errors.required(path, 'port name or number is required');
}

function validateTypedReference(errors: FieldErrors, { apiGroup, kind = '', name = '' }: Sent, path: string): void {
  if (apiGroup !== undefined) errors.invalidEach(`${path}.apiGroup`, apiGroup, isSubdomain(apiGroup));
  if (kind === '') errors.required(`${path}.kind`);
  else errors.invalidEach(`${path}.kind`, kind, isPathSegment(kind));
  if (name === '') errors.required(`${path}.name`);
  else errors.invalidEach(`${path}.name`, name, isPathSegment(name));
}

export function validateIngressClass(errors: FieldErrors, { spec = {} }: Sent): void {
  const { controller = '', parameters } = spec;
  if (controller.length > CONTROLLER_MAX) errors.tooLong('spec.controller', CONTROLLER_MAX);
  if (controller === '') errors.required('spec.controller');
  else if (!controller.includes('/')) {
    errors.invalid('spec.controller', controller, 'must be a domain-prefixed path (such as "acme.io/foo")');
  }
  if (parameters === undefined) return;
  const { scope, namespace } = parameters;
  validateTypedReference(errors, parameters, 'spec.parameters');
  if (scope === undefined) return errors.required('spec.parameters.scope');
  if (scope !== 'Cluster' && scope !== 'Namespace') return errors.notSupported('spec.parameters.scope', scope, ['Cluster', 'Namespace']);
  if (scope === 'Namespace') {
    if (namespace === undefined) errors.required('spec.parameters.namespace', "`parameters.scope` is set to 'Namespace'");
    else errors.invalidEach('spec.parameters.namespace', namespace, isLabel(namespace));
  } else if (namespace !== undefined) errors.forbidden('spec.parameters.namespace', "`parameters.scope` is set to 'Cluster'");
}

export function validateNetworkPolicy(errors: FieldErrors, { spec = {} }: Sent): void {
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec;
  validateLabelSelector(errors, podSelector, 'spec.podSelector');
  for (const [field, rules, peers] of [
    ['ingress', ingress, 'from'],
    ['egress', egress, 'to'],
  ] as const) {
    rules.forEach((rule: Sent, at: number) => {
      const path = `spec.${field}[${at}]`;
      (rule.ports ?? []).forEach((port: Sent, index: number) => {
        validatePolicyPort(errors, port, `${path}.ports[${index}]`);
      });
      (rule[peers] ?? []).forEach((peer: Sent, index: number) => {
        validatePeer(errors, peer, `${path}.${peers}[${index}]`);
      });
    });
  }
  if (policyTypes.length > 2) return errors.invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes');
  policyTypes.forEach((type: string, at: number) => {
    if (!['Ingress', 'Egress'].includes(type)) errors.notSupported(`spec.policyTypes[${at}]`, type, ['Ingress', 'Egress']);
  });
}

function validatePolicyPort(errors: FieldErrors, { protocol, port, endPort }: Sent, path: string): void {
  const protocols = ['TCP', 'UDP', 'SCTP'];
  if (protocol !== undefined && !protocols.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, protocols);
  if (port === undefined) {
    if (endPort !== undefined) errors.invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is not specified');
  } else if (typeof port === 'number') {
    errors.invalidEach(`${path}.port`, port, isPort(port));
    if (endPort === undefined) return;
    if (endPort < port) errors.invalid(`${path}.endPort`, port, 'must be greater than or equal to `port`');
    errors.invalidEach(`${path}.endPort`, endPort, isPort(endPort));
  } else {
    if (endPort !== undefined) errors.invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric');
    errors.invalidEach(`${path}.port`, port, isPortName(port));
  }
}

function validatePeer(errors: FieldErrors, { podSelector, namespaceSelector, ipBlock }: Sent, path: string): void {
  validateLabelSelector(errors, podSelector, `${path}.podSelector`);
  validateLabelSelector(errors, namespaceSelector, `${path}.namespaceSelector`);
  if (ipBlock !== undefined) validateIpBlock(errors, ipBlock, `${path}.ipBlock`);
  const count = [podSelector, namespaceSelector, ipBlock].filter((one) => one !== undefined).length;
  if (count === 0) errors.required(path, 'must specify a peer');
  else if (count > 1 && ipBlock !== undefined) errors.forbidden(path, 'may not specify both ipBlock and another peer');
}

function validateIpBlock(errors: FieldErrors, { cidr = '', except = [] }: Sent, path: string): void {
  if (cidr === '') return errors.required(`${path}.cidr`);
  if (!validateCidr(errors, cidr, `${path}.cidr`)) return;
  except.forEach((range: string, at: number) => {
    const own = `${path}.except[${at}]`;
    if (validateCidr(errors, range, own) && !isStrictSubnet(cidr, range)) errors.invalid(own, range, 'must be a strict subset of `cidr`');
  });
}
