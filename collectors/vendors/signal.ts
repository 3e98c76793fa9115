import type { SignalKind } from '../../schemas/index.ts';

/** Something that was seen and may give a vendor away. Its value may be private: only patterns are published. */
export type Signal = { kind: SignalKind; value: string };

/** How values of a kind are spelt, and which patterns of the map one value is under, the most specific first. */
type Spelling = { normalize: (value: string) => string; patterns: (value: string) => Iterable<string> };

/** The longest value that is looked at; nothing in the map is longer, and longer input is hostile. */
const LONGEST = 300;

/** `NEXT_PUBLIC_STRIPE_KEY` is a variable of Stripe: frameworks ask for these before what is meant for browsers. */
const publicPrefix = /^(NEXT_PUBLIC|NUXT_PUBLIC|NUXT|REACT_APP|EXPO_PUBLIC|GATSBY|VUE_APP|VITE|PUBLIC)_/;

const name: Spelling = { normalize: (value) => value.toLowerCase(), patterns: namePatterns };
const path: Spelling = { normalize: (value) => value.toLowerCase(), patterns: pathPatterns };
const host: Spelling = { normalize: normalizeHost, patterns: hostPatterns };

const spellings: Readonly<Record<SignalKind, Spelling>> = {
  npm: name,
  // PEP 503.
  pypi: { normalize: (value) => value.toLowerCase().replace(/[-_.]+/g, '-'), patterns: namePatterns },
  go: path,
  maven: name,
  rubygems: name,
  image: { normalize: normalizeImage, patterns: pathPatterns },
  variable: { normalize: (value) => value.toUpperCase().replace(publicPrefix, ''), patterns: namePatterns },
  mx: host,
  spf: host,
  cname: host,
  txt: { normalize: (value) => value.trim().toLowerCase(), patterns: beginnings },
  host,
  header: { normalize: (value) => value.trim().toLowerCase(), patterns: headerPatterns },
};

/** The spelling of a value under which it is compared. */
export function normalize({ kind, value }: Signal): string {
  return spellings[kind].normalize(value.slice(0, LONGEST));
}

/** Every pattern that the value would be under, the most specific first. */
export function patternsOf(signal: Signal): Iterable<string> {
  return spellings[signal.kind].patterns(normalize(signal));
}

/** `a.b.c`, `b.c`: suffixes on label boundaries, so that `evil-stripe.com` is not below `stripe.com`. */
export function* hostPatterns(value: string): Generator<string> {
  for (let at = 0; at !== -1; ) {
    const rest = value.slice(at);
    if (rest.includes('.')) yield rest;
    const dot = value.indexOf('.', at);
    at = dot === -1 ? -1 : dot + 1;
  }
}

function* namePatterns(value: string): Generator<string> {
  yield value;
  for (let end = value.length; end > 1; end -= 1) yield `${value.slice(0, end)}*`;
}

function* pathPatterns(value: string): Generator<string> {
  yield value;
  for (let at = value.lastIndexOf('/'); at > 0; at = value.lastIndexOf('/', at - 1)) yield value.slice(0, at);
}

function* beginnings(value: string): Generator<string> {
  for (let end = value.length; end > 0; end -= 1) yield value.slice(0, end);
}

/** `server: cloudflare` by how its value begins, or a header by its whole name. */
function* headerPatterns(value: string): Generator<string> {
  const colon = value.indexOf(':');
  if (colon === -1) return yield value;
  for (let end = value.length; end > colon + 2; end -= 1) yield value.slice(0, end);
  yield value.slice(0, colon);
}

function normalizeHost(value: string): string {
  const host = value.trim().toLowerCase();
  // Only IPv6 has more than one colon, and none of those is before a port unless there are brackets.
  const bracketed = /^\[(.*)\](:\d+)?$/.exec(host)?.[1];
  return (bracketed ?? host.replace(/^([^:]*):\d+$/, '$1')).replace(/\.$/, '');
}

/** Without tag, digest and the names that Docker fills in. */
function normalizeImage(value: string): string {
  return value
    .trim()
    .toLowerCase()
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/^(index\.)?docker\.io\//, '')
    .replace(/^library\//, '');
}
