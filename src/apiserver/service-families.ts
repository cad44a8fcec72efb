/**
 * The address families of a Service, in a cluster that has one: filled in, or refused.
 *
 * Models initIPFamilyFields of pkg/registry/core/service/storage/alloc.go.
 */
import type { Service } from '../model/service.ts';
import { invalid } from './api-error.ts';
import { isSameValue } from './same-value.ts';
import { familyOf } from './validation/addresses.ts';
import { FieldErrors } from './validation/field-errors.ts';
import type { Sent } from './validation/sent.ts';
import { validateClusterIps } from './validation/services.ts';

const CONFIGURED = 'IPv4';

/** Throws 422 for families, or addresses of families, that this cluster cannot have. */
export function withFamilies(service: Service, before: Service | undefined): Service {
  const spec: Sent = { ...service.spec };
  const former: Sent | undefined = before?.spec;
  const isFree = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  const errors = new FieldErrors();
  const stopIfWrong = () => {
    if (errors.causes.length > 0) throw invalid('Service', service.metadata.name, errors.causes);
  };
  spec.ipFamilyPolicy ??= former?.ipFamilyPolicy ?? (isFree ? 'RequireDualStack' : 'SingleStack');
  validateClusterIps(errors, spec);
  stopIfWrong();
  if (former !== undefined) withoutSecond(errors, spec, former);
  validateSingle(errors, spec);
  const families: string[] = [...(spec.ipFamilies ?? [])];
  for (const [at, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === 'None') break;
    if (at < families.length) continue;
    const family = familyOf(ip);
    if (family === CONFIGURED) families.push(family);
    else errors.invalid(`spec.clusterIPs[${at}]`, spec.clusterIPs, `${family ?? ''} is not configured on this cluster`);
  }
  stopIfWrong();
  if (isFree) {
    if (families.length === 0) families.push(CONFIGURED);
    if (families.length < 2 && spec.ipFamilyPolicy !== 'SingleStack') families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
    return withSpec(service, { ...spec, ipFamilies: families });
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    errors.invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services');
  }
  families.forEach((family, at) => {
    if (family !== CONFIGURED) errors.invalid(`spec.ipFamilies[${at}]`, family, 'not configured on this cluster');
  });
  stopIfWrong();
  return withSpec(service, { ...spec, ipFamilies: families.length === 0 ? [CONFIGURED] : families });
}

function withSpec(service: Service, spec: Sent): Service {
  return { ...service, spec };
}

/** A second address or family goes when the policy says single, and only then. */
function withoutSecond(errors: FieldErrors, spec: Sent, former: Sent): void {
  const had = { clusterIPs: former.clusterIPs ?? [], ipFamilies: former.ipFamilies ?? [] };
  const path = 'spec.ipFamilyPolicy';
  for (const [field, what] of [
    ['clusterIPs', 'cluster IP'],
    ['ipFamilies', 'IP family'],
  ] as const) {
    const now: readonly string[] = spec[field] ?? [];
    if (spec.ipFamilyPolicy === 'SingleStack') {
      if (now.length > 1 && isSameValue(now, had[field])) spec[field] = now.slice(0, 1);
    } else if (now.length === 1 && had[field].length === 2 && now[0] === had[field][0]) {
      errors.invalid(path, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`);
    }
  }
}

function validateSingle(errors: FieldErrors, { ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: Sent): void {
  if (ipFamilyPolicy !== 'SingleStack') return;
  const why = (what: string) => `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
  if (clusterIPs.length === 2) errors.invalid('spec.ipFamilyPolicy', ipFamilyPolicy, why('cluster IPs'));
  if (ipFamilies.length === 2) errors.invalid('spec.ipFamilyPolicy', ipFamilyPolicy, why('IP families'));
}
