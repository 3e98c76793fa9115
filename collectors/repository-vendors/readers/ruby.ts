import type { Seen, Use } from './seen.ts';

const developmentGroup = /:(development|test|ci|lint)\b|["'](development|test|ci|lint)["']/;

/** `Gemfile`: a program, read line by line; groups for development and tests are told apart. */
export function* gemfile(text: string): Generator<Seen> {
  const blocks: Use[] = [];
  for (const full of text.split(/\r?\n/)) {
    const line = full.slice(0, 500).replace(/^\s*#.*$/, '');
    const gem = /^\s*gem[\s(]+["']([\w.-]{1,100})["'](.*)$/.exec(line);
    if (gem !== null) {
      const [, value = '', rest = ''] = gem;
      const grouped = /\bgroups?\b/.test(rest) && developmentGroup.test(rest) && !/:(production|default)\b/.test(rest);
      yield { kind: 'rubygems', value, use: grouped || blocks.includes('development') ? 'development' : 'product' };
    } else if (/\bdo\b\s*(\|[^|]*\|)?\s*$/.test(line) || /^\s*(if|unless|case)\b/.test(line)) {
      const development =
        /^\s*group\b/.test(line) && developmentGroup.test(line) && !/:(production|default)\b/.test(line);
      blocks.push(development ? 'development' : 'product');
    } else if (/^\s*end\b/.test(line)) blocks.pop();
  }
}

/** `Gemfile.lock`: all gems that are installed; which of them the Gemfile asks for stands there. */
export function* gemfileLock(text: string): Generator<Seen> {
  for (const [, value = ''] of text.matchAll(/^ {4}([\w.-]{1,100}) \([^)\n]*\)$/gm))
    yield { kind: 'rubygems', value, use: 'transitive' };
}

/** `*.gemspec`. */
export function* gemspec(text: string): Generator<Seen> {
  for (const [, kind = '', value = ''] of text.matchAll(
    /^[^#\n]*\.add_(runtime_|development_)?dependency[\s(]+["']([\w.-]{1,100})["']/gm,
  ))
    yield { kind: 'rubygems', value, use: kind === 'development_' ? 'development' : 'product' };
}
