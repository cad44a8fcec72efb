import { expect, test } from 'vitest';
import { internalView } from '../../../../src/apiserver/schema/internal-view.ts';

test('A struct is shown with all its fields, as Go calls them and in the order Go declares them', () => {
  expect(JSON.stringify(internalView('core.Toleration', { key: 'a', operator: 'Exists' }))).toBe(
    '{"Key":"a","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}',
  );
});

test('What v1 keeps beside the security context of a pod stands inside it', () => {
  const view = internalView('core.PodSpec', { hostNetwork: true, securityContext: { fsGroup: 1 } });
  expect(view.SecurityContext).toMatchObject({ HostNetwork: true, FSGroup: 1, HostUsers: null });
});

test('A template shows its metadata with JSON names, maps by their keys', () => {
  const view = internalView('core.PodTemplateSpec', { metadata: { labels: { b: '1', a: '2' } }, spec: {} });
  expect(JSON.stringify(view)).toMatch(/^\{"labels":\{"a":"2","b":"1"\},"Spec":\{"Volumes":null,/);
});

test('A volume has its sources beside its name', () => {
  expect(internalView('core.Volume', { name: 'v', emptyDir: {} })).toMatchObject({
    Name: 'v',
    EmptyDir: { Medium: '', SizeLimit: null },
    NFS: null,
  });
});
