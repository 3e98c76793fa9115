import type { Seen } from './seen.ts';

/** `go.mod`: what is required, directly or `// indirect`. */
export function* goMod(text: string): Generator<Seen> {
  let block: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [code = '', comment = ''] = line.slice(0, 500).split('//', 2);
    const words = code.trim().split(/\s+/);
    if (words[0] === ')') block = undefined;
    else if (words[1] === '(') block = words[0];
    else {
      const [verb, module] = block === undefined ? words : [block, words[0]];
      if (module === undefined || module === '') continue;
      const value = module.replace(/^"(.*)"$/, '$1');
      if (verb === 'require')
        yield { kind: 'go', value, use: comment.trim().startsWith('indirect') ? 'transitive' : 'product' };
      if (verb === 'tool') yield { kind: 'go', value, use: 'development' };
    }
  }
}
