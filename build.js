/** Bundles the command line into dist/, in well under a second, so that Node 20 can run what is written in TypeScript. */
import { existsSync } from 'node:fs';
import { build } from 'esbuild';

const entryPoints = {
  'break-laws': 'test/break-laws.ts',
  swarm: 'test/swarm/main.ts',
  orrery: 'src/cli/main.ts',
  benchmarks: 'benchmarks/main.ts',
};
await build({
  entryPoints: Object.fromEntries(Object.entries(entryPoints).filter(([, file]) => existsSync(file))),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
