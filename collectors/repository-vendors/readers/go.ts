import type { Seen } from './seen.ts';

/** `go.mod`: what is required, directly or `// indirect`, and what stands in its place. */
export function* goMod(text: string): Generator<Seen> {
  let block: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [code = '', comment = ''] = line.slice(0, 500).split('//', 2);
    const words = code.replace('(', ' ( ').trim().split(/\s+/);
    if (words[0] === ')') block = undefined;
    else if (words[1] === '(') block = words[0];
    else {
      const [verb, module] = block === undefined ? words : [block, words[0]];
      if (module === undefined || module === '') continue;
      const value = module.replace(/^"(.*)"$/, '$1');
      if (verb === 'require')
        yield { kind: 'go', value, use: comment.trim().startsWith('indirect') ? 'transitive' : 'product' };
      const instead = verb === 'replace' ? words[words.indexOf('=>') + 1] : undefined;
      // A path on the disk is code of the company’s own, and no module.
      if (instead !== undefined && words.includes('=>') && !/^[./]/.test(instead))
        yield { kind: 'go', value: instead, use: 'product' };
      if (verb === 'tool') yield { kind: 'go', value, use: 'development' };
    }
  }
}
