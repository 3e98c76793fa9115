import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { execute, root } from './shell.ts';

/** What npm says about the package it made. */
export const Packed = z.object({
  filename: z.string(),
  size: z.int(),
  unpackedSize: z.int(),
  files: z.array(z.object({ path: z.string(), size: z.int() })),
});
export type Packed = z.infer<typeof Packed>;

/** Builds and packs this repository as `npm publish` would, into `folder`. */
export async function pack(folder: string): Promise<Packed & { tarball: string }> {
  const args = ['pack', '--json', '--pack-destination', folder];
  const { code, out, err } = await execute('npm', args, root);
  if (code !== 0) throw new Error(`npm pack failed: ${out}${err}`);
  const said: unknown = JSON.parse(out.slice(out.search(/^[[{]/m)));
  const [packed] = z
    .union([z.array(Packed), z.record(z.string(), Packed).transform(Object.values<Packed>)])
    .parse(said);
  if (packed === undefined) throw new Error('npm pack made nothing');
  return { ...packed, tarball: join(folder, packed.filename) };
}

/** The packages that an installed package may import. */
export function dependencies(): string[] {
  const Names = z.record(z.string(), z.string());
  const Manifest = z.object({ dependencies: Names, optionalDependencies: Names });
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
}
