import { expect, test } from 'vitest';
import { ImageStore } from '../../../../src/kubelet/image-store.ts';
import { ImageRegistry, imageReference, isImageName } from '../../../../src/kubelet/runtime/image-registry.ts';

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
  ['localhost:32000/custom-nginx', 'localhost:32000/custom-nginx:latest'],
  ['k8s.gcr.io/echoserver:1.4', 'k8s.gcr.io/echoserver:1.4'],
])('The image name %s stands for %s', (name, reference) => {
  expect(imageReference(name)).toBe(reference);
});

test('An image name with capitals or blanks is none', () => {
  expect(isImageName('Nginx')).toBe(false);
  expect(isImageName('nginx latest')).toBe(false);
  expect(isImageName('localhost:32000/custom-nginx:naoexiste')).toBe(true);
});

test('A registry that knows only its images says what containerd says of another', () => {
  const registry = new ImageRegistry({ unknownImages: 'missing', images: [{ name: 'localhost:32000/web:latest', sizeBytes: 1 }] });
  expect(registry.failure('localhost:32000/web')).toBeUndefined();
  expect(registry.failure('localhost:32000/web:naoexiste')).toBe(
    'rpc error: code = NotFound desc = failed to pull and unpack image "localhost:32000/web:naoexiste": failed to resolve reference "localhost:32000/web:naoexiste": localhost:32000/web:naoexiste: not found',
  );
});

test('A node pulls the layers two images share only once', () => {
  const base = { digest: 'base', sizeBytes: 100 };
  const registry = new ImageRegistry({
    images: [
      { name: 'a', sizeBytes: 110, layers: [base, { digest: 'a', sizeBytes: 10 }] },
      { name: 'b', sizeBytes: 120, layers: [base, { digest: 'b', sizeBytes: 20 }] },
    ],
  });
  const store = ImageStore.of([]);
  const [a, b] = [registry.find('a')!, registry.find('b')!];
  expect(store.missingBytes(a)).toBe(110);
  store.add(a, 0);
  expect(store.missingBytes(a)).toBe(0);
  expect(store.missingBytes(b)).toBe(20);
  store.add(b, 0);
  expect(store.usedBytes).toBe(130);
});

test('Nodes of one pool share their images until one of them pulls', () => {
  const registry = new ImageRegistry();
  const pool = ImageStore.of([registry.preloaded('nginx')]);
  const [one, other] = [pool.fork(), pool.fork()];
  one.add(registry.find('redis')!, 5);
  expect(one.get(imageReference('redis'))).toBeDefined();
  expect(other.get(imageReference('redis'))).toBeUndefined();
  expect(one.list().length).toBe(2);
  expect(other.list()).toBe(pool.list());
});
