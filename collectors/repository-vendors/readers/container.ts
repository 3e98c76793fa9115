import type { Seen, Use } from './seen.ts';

/** `Dockerfile`: the images that it builds on, and the names of the variables that it sets or asks for. */
export function* dockerfile(text: string): Generator<Seen> {
  const stages = new Set<string>();
  // `FROM ${BASE}` takes what an `ARG BASE=…` before it says, where whoever builds says nothing else.
  const defaults = new Map<string, string>();
  // A line that ends with a backslash goes on.
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const words = line.slice(0, 4000).trim().split(/\s+/);
    const instruction = words[0]?.toUpperCase();
    if (instruction === 'FROM') {
      const [image, as, stage] = words.slice(1).filter((word) => !word.startsWith('--'));
      if (image !== undefined && !stages.has(image.toLowerCase()))
        yield { kind: 'image', value: filled(image, defaults), use: 'product' };
      if (as?.toUpperCase() === 'AS' && stage !== undefined) stages.add(stage.toLowerCase());
    } else if (instruction === 'COPY') {
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
      if (from !== undefined && !/^\d+$/.test(from) && !stages.has(from.toLowerCase()))
        yield { kind: 'image', value: filled(from, defaults), use: 'product' };
    } else if (instruction === 'ENV' || instruction === 'ARG') {
      for (const word of words.slice(1)) {
        const [, name, value] = /^(\w{1,100})=["']?([^"']{0,300})["']?$/.exec(word) ?? [];
        if (instruction === 'ARG' && name !== undefined && value !== undefined) defaults.set(name, value);
      }
      const assigned = words.slice(1).flatMap((word) => /^([A-Z][A-Z0-9_]{1,100})=/.exec(word)?.[1] ?? []);
      const names =
        assigned.length > 0 ? assigned : words.slice(1, 2).filter((word) => /^[A-Z][A-Z0-9_]{1,100}$/.test(word));
      for (const value of names) yield { kind: 'variable', value, use: 'product' };
    }
  }
}

/** `$NAME`, `${NAME}` and `${NAME:-otherwise}` by their defaults; what has none stays as it is written. */
function filled(image: string, defaults: ReadonlyMap<string, string>): string {
  return image.replace(
    /\$(?:(\w{1,100})|\{(\w{1,100})(?::?-([^{}]{0,300}))?\})/g,
    (all, plain: string | undefined, braced: string | undefined, otherwise: string | undefined) =>
      defaults.get(plain ?? braced ?? '') ?? otherwise ?? all,
  );
}

/**
 * YAML of Compose, Kubernetes, Helm and the like. It is read line by line: templates are no YAML, and nothing can be
 * made to expand. Seen are `image:` and the names of variables.
 */
export function* containerYaml(text: string): Generator<Seen> {
  yield* yamlOf(text, 'product');
}

/** YAML of a CI system: what it names is there for development. */
export function* ciYaml(text: string): Generator<Seen> {
  yield* yamlOf(text, 'development');
}

function* yamlOf(text: string, use: Use): Generator<Seen> {
  for (const full of text.split(/\r?\n/)) {
    const line = full.slice(0, 2000);
    if (/^\s*#/.test(line)) continue;
    for (const [, value = ''] of line.matchAll(
      /(?:^|[\s{,-])["']?image["']?:\s*["']?((?:\$\{[^{}\s]*\}|[^\s"',}#]){1,300})/g,
    ))
      yield { kind: 'image', value: filled(value, new Map()), use };
    const named = /^\s*-?\s*(?:name:\s*)?["']?([A-Z][A-Z0-9_]{2,100})["']?\s*(?:[:=]|$)/.exec(line)?.[1];
    if (named?.includes('_')) yield { kind: 'variable', value: named, use };
    for (const [, value = ''] of line.matchAll(/\b(?:secrets|vars|env)\.([A-Z][A-Z0-9_]{2,100})/g))
      yield { kind: 'variable', value, use };
    for (const [, value = ''] of line.matchAll(/\$\{([A-Z][A-Z0-9_]{2,100})\b/g))
      yield { kind: 'variable', value, use };
  }
}
