/**
 * ConfigMaps, Secrets and ServiceAccounts, described.
 *
 * Models describeConfigMap, describeSecret and describeServiceAccount of k8s.io/kubectl/pkg/describe/describe.go.
 */
import { compareText } from '../../../base/compare.ts';
import type { ConfigMap, Secret, ServiceAccount } from '../../../model/configuration.ts';
import type { Page } from './page.ts';

export function describeConfigMap({ metadata, data = {}, binaryData = {} }: ConfigMap, page: Page): void {
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, '\nData\n====');
  for (const key of Object.keys(data).sort(compareText)) page.line(0, `${key}:\n----\n${data[key]}\n`);
  page.line(0, '\nBinaryData\n====');
  for (const key of Object.keys(binaryData).sort(compareText)) page.line(0, `${key}: ${bytesOf(binaryData[key]!)} bytes`);
  page.line(0, '');
}

export function describeSecret({ metadata, type = '', data = {} }: Secret, page: Page): void {
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `\nType:\t${type}`);
  page.line(0, '\nData\n====');
  for (const key of Object.keys(data).sort(compareText)) page.line(0, `${key}:\t${bytesOf(data[key]!)} bytes`);
}

export function describeServiceAccount({ metadata, imagePullSecrets = [] }: ServiceAccount, page: Page): void {
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  const title = 'Image pull secrets:';
  if (imagePullSecrets.length === 0) page.line(0, `${title}\t<none>`);
  imagePullSecrets.forEach(({ name }, at) => {
    page.line(0, `${at === 0 ? title : ' '.repeat(title.length)}\t${name ?? ''}`);
  });
}

/** How long what base64 says is. */
function bytesOf(base64: string): number {
  return Buffer.from(base64, 'base64').length;
}
