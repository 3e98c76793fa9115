import { type ErrorCode, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Path, Span } from './position.ts';

/** Something in a file that is not YAML as we read it. Offsets count from the beginning of the YAML text. */
export type YamlProblem =
  | { kind: 'syntax'; problem: string; span: Span }
  | { kind: 'duplicate'; key: string; span: Span };

/** The fields of one file: their value, what is wrong with them, and where each part stands. */
export type Yaml = {
  /** Plain values; `{}` for an empty text; undefined when the text cannot be read. */
  value: unknown;
  problems: YamlProblem[];
  spanOf: (path: Path, part: 'key' | 'value') => Span | undefined;
};

/** Plain words for what the parser finds; where it says more than we could, its own words are kept. */
const words: Partial<Record<ErrorCode, string>> = {
  BAD_DIRECTIVE: 'lines that begin with % are not supported',
  BAD_DQ_ESCAPE: 'this is not an escape that double quotes allow; use single quotes to write a backslash',
  BAD_INDENT: 'this line is not indented like the lines it belongs to',
  BAD_SCALAR_START: 'a value that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a value with a colon and a space in it needs quotes',
  BLOCK_IN_FLOW: 'inside brackets or braces, lists and fields are separated by commas',
  MULTILINE_IMPLICIT_KEY: 'a name and its colon must stand on one line',
  MULTIPLE_DOCS: 'a file holds one document; a second one begins here',
  NON_STRING_KEY: 'the name of a field must be plain text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'tags that begin with ! are not supported',
};

/**
 * Reads YAML 1.2 (core schema) with unique keys. One document; no directives, tags or aliases, so that every value
 * stands where it is written. Never throws.
 */
export function readYaml(text: string): Yaml {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const problem = 'it is nested too deeply';
    const nowhere = () => undefined;
    return {
      value: undefined,
      problems: [{ kind: 'syntax', problem, span: { start: 0, end: text.length } }],
      spanOf: nowhere,
    };
  }
}

function read(text: string): Yaml {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const duplicates: YamlProblem[] = [];
  let syntax: YamlProblem | undefined;
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const span = { start: pos[0], end: pos[1] };
    if (code === 'DUPLICATE_KEY') {
      const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^:\r\n]*)/.exec(text.slice(span.start))?.[0].trimEnd() ?? '';
      const name = key.replace(/^["'](.*)["']$/, '$1');
      duplicates.push({ kind: 'duplicate', key: name, span: { start: span.start, end: span.start + key.length } });
    } else {
      syntax ??= { kind: 'syntax', problem: words[code] ?? sentence(message), span };
    }
  }
  const directive = /^%.*/m.exec(text);
  if (syntax === undefined && directive !== null && document.directives?.yaml.explicit === true) {
    const span = { start: directive.index, end: directive.index + directive[0].length };
    syntax = { kind: 'syntax', problem: words.BAD_DIRECTIVE ?? '', span };
  }
  const root: unknown = document.contents;
  const aliases: Span[] = [];
  const value = syntax === undefined ? (root === null ? {} : plainValue(root, aliases)) : undefined;
  const alias = aliases[0];
  if (alias !== undefined) {
    syntax = {
      kind: 'syntax',
      problem: 'references such as *name are not supported; write the value out',
      span: alias,
    };
  }
  return {
    value: alias === undefined ? value : undefined,
    problems: syntax === undefined ? duplicates : [...duplicates, syntax],
    spanOf: (path, part) => spanOf(root, path, part),
  };
}

function sentence(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/\.$/, '');
}

function plainValue(node: unknown, aliases: Span[]): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plainValue(item, aliases));
  if (isMap(node)) {
    const fields: Record<string, unknown> = {};
    for (const pair of node.items) {
      const value = plainValue(pair.value, aliases);
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (key === '__proto__') Object.defineProperty(fields, key, { value, enumerable: true, configurable: true });
      else fields[key] = value;
    }
    return fields;
  }
  if (isAlias(node)) aliases.push(range(node) ?? { start: 0, end: 0 });
  return null;
}

/** The span of the value or the key at a path. An empty value has the span of its key. Undefined when nothing is there. */
function spanOf(root: unknown, path: Path, part: 'key' | 'value'): Span | undefined {
  let node: unknown = root;
  let key: unknown;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return undefined;
      key = pair.key;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      key = undefined;
      node = node.items[step];
    } else {
      return undefined;
    }
  }
  const value = range(node);
  return part === 'key' || value === undefined || value.start === value.end ? (range(key) ?? value) : value;
}

function range(node: unknown): Span | undefined {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return undefined;
  return node.range ? { start: node.range[0], end: node.range[1] } : undefined;
}
