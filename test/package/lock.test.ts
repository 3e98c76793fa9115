import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');
const Locked = z.object({
  dev: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const { packages } = z
  .object({ packages: z.record(z.string(), Locked) })
  .parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));

test('the lock file has the part of each package for every platform: without one `npm ci` ends, or that platform goes without', () => {
  const places = Object.keys(packages);
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) => !places.some((other) => other === `node_modules/${name}` || other.endsWith(`/node_modules/${name}`)),
      )
      .map((name) => `${place} wants ${name}`),
  );
  expect(missing).toEqual([]);
  expect(places.length).toBeGreaterThan(300);
});

test('nothing that an adopter installs runs a script of its own but these, which unpack what came with them', () => {
  const scripts = Object.entries(packages).flatMap(([place, { dev, hasInstallScript }]) =>
    hasInstallScript && !dev ? [place.replace(/^.*node_modules\//, '')] : [],
  );
  expect([...new Set(scripts)].sort()).toMatchInlineSnapshot(`
    [
      "esbuild",
    ]
  `);
});
