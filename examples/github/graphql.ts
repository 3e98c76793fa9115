/** The part of GraphQL that queries of GitHub need: fields, aliases, arguments, variables, inline fragments. */

type Value = { variable: string } | { plain: unknown } | { list: Value[] } | { fields: [string, Value][] };
type Selection =
  | { kind: 'field'; name: string; alias: string; args: [string, Value][]; selections: Selection[] | undefined }
  | { kind: 'fragment'; on: string; selections: Selection[] };

/** A GraphQL error in the shape of GitHub’s answers. */
export type GraphQLProblem = { type?: string; path?: (string | number)[]; message: string };
export type GraphQLAnswer = { data?: Record<string, unknown> | null; errors?: GraphQLProblem[] };

/** An object of the schema: its type, and a value or a function of the arguments for each field. */
export type GraphQLObject = { __typename: string; [field: string]: unknown };

/** Thrown by a field that the token may not see; the field becomes null. */
export class Withheld extends Error {
  readonly type: 'FORBIDDEN' | 'NOT_FOUND';
  constructor(type: Withheld['type']) {
    super(type === 'FORBIDDEN' ? 'Resource not accessible by personal access token' : 'Could not resolve to a node.');
    this.type = type;
  }
}

/** What the query itself is refused for, as GitHub does: an unknown field, or a list without a size. */
export class Refused extends Error {}

/** Runs one query against the root object. */
export function runQuery(text: string, variables: Record<string, unknown>, root: GraphQLObject): GraphQLAnswer {
  const errors: GraphQLProblem[] = [];
  try {
    const data = select(root, new Parser(text).document(), variables, [], errors);
    return errors.length === 0 ? { data } : { data, errors };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { errors: [{ message: error.message }] };
  }
}

function select(
  object: GraphQLObject,
  selections: readonly Selection[],
  variables: Record<string, unknown>,
  path: (string | number)[],
  errors: GraphQLProblem[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const selection of selections) {
    if (selection.kind === 'fragment') {
      if (object.__typename === selection.on)
        Object.assign(result, select(object, selection.selections, variables, path, errors));
      continue;
    }
    if (!(selection.name in object))
      throw new Refused(`Field '${selection.name}' doesn't exist on type '${object.__typename}'`);
    const at = [...path, selection.alias];
    result[selection.alias] = resolve(object, selection, variables, at, errors);
  }
  return result;
}

function resolve(
  object: GraphQLObject,
  { name, args, selections }: Extract<Selection, { kind: 'field' }>,
  variables: Record<string, unknown>,
  at: (string | number)[],
  errors: GraphQLProblem[],
): unknown {
  const field = object[name];
  try {
    const given = Object.fromEntries(args.map(([key, value]) => [key, plain(value, variables)]));
    const value: unknown = typeof field === 'function' ? field(given) : field;
    const deeper = (item: unknown, path: (string | number)[]): unknown => {
      if (Array.isArray(item)) return item.map((entry, index) => deeper(entry, [...path, index]));
      if (isObject(item) !== (selections !== undefined) && item !== null)
        throw new Refused(`Field '${name}' must have selections exactly when it is an object`);
      return isObject(item) && selections ? select(item, selections, variables, path, errors) : item;
    };
    return deeper(value, at);
  } catch (error) {
    if (!(error instanceof Withheld)) throw error;
    errors.push({ type: error.type, path: at, message: error.message });
    return null;
  }
}

function isObject(value: unknown): value is GraphQLObject {
  return typeof value === 'object' && value !== null && '__typename' in value;
}

function plain(value: Value, variables: Record<string, unknown>): unknown {
  if ('variable' in value) return variables[value.variable] ?? null;
  if ('list' in value) return value.list.map((item) => plain(item, variables));
  if ('fields' in value) return Object.fromEntries(value.fields.map(([key, item]) => [key, plain(item, variables)]));
  return value.plain;
}

class Parser {
  readonly #tokens: string[];
  #next = 0;
  constructor(text: string) {
    this.#tokens = text.match(/"(?:\\.|[^"\\])*"|\.\.\.|[$]?[A-Za-z_]\w*|-?\d+|[{}()[\]:!=]/g) ?? [];
  }

  document(): Selection[] {
    if (this.#peek() === 'query') while (this.#peek() !== '{') this.#skip();
    return this.#selections();
  }

  /** Skips one token, or a bracketed part whole: the declarations of variables. */
  #skip(): void {
    if (this.#take() !== '(') return;
    while (this.#peek() !== ')') this.#take();
    this.#take();
  }

  #selections(): Selection[] {
    const found: Selection[] = [];
    this.#take('{');
    while (this.#peek() !== '}') found.push(this.#selection());
    this.#take('}');
    return found;
  }

  #selection(): Selection {
    if (this.#peek() === '...') {
      this.#take();
      this.#take('on');
      return { kind: 'fragment', on: this.#take(), selections: this.#selections() };
    }
    const alias = this.#take();
    let name = alias;
    if (this.#peek() === ':') {
      this.#take();
      name = this.#take();
    }
    const args = this.#peek() === '(' ? this.#pairs('(', ')') : [];
    const selections = this.#peek() === '{' ? this.#selections() : undefined;
    return { kind: 'field', name, alias, args, selections };
  }

  #pairs(open: string, close: string): [string, Value][] {
    const pairs: [string, Value][] = [];
    this.#take(open);
    while (this.#peek() !== close) {
      const key = this.#take();
      this.#take(':');
      pairs.push([key, this.#value()]);
    }
    this.#take(close);
    return pairs;
  }

  #value(): Value {
    if (this.#peek() === '{') return { fields: this.#pairs('{', '}') };
    const token = this.#take();
    if (token === '[') {
      const list: Value[] = [];
      while (this.#peek() !== ']') list.push(this.#value());
      this.#take(']');
      return { list };
    }
    if (token.startsWith('$')) return { variable: token.slice(1) };
    // What is neither a number, a text nor a constant is the name of an enum value.
    return { plain: /^("|-?\d|true$|false$|null$)/.test(token) ? JSON.parse(token) : token };
  }

  #peek(): string {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Refused('Parse error: the query ends too early');
    return token;
  }

  #take(expected?: string): string {
    const token = this.#peek();
    if (expected !== undefined && token !== expected) throw new Refused(`Parse error: expected ${expected}`);
    this.#next += 1;
    return token;
  }
}
