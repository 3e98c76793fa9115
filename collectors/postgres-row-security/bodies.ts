/** A piece of SQL: a name (`quoted` or not, unquoted ones in lower case), a string’s content, or a mark. */
type Token = { kind: 'name' | 'quoted' | 'string' | 'mark'; text: string };

const pieces = [
  String.raw`(?<skip>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)`,
  `[uU]&"(?<coded>(?:[^"]|"")*)"`,
  String.raw`\b[eE]'(?<escaped>(?:[^'\\]|\\[\s\S]|'')*)'`,
  `'(?<string>(?:[^']|'')*)'`,
  `"(?<quoted>(?:[^"]|"")*)"`,
  String.raw`\$(?<tag>[A-Za-z_]\w*)?\$(?<dollar>[\s\S]*?)\$\k<tag>\$`,
  String.raw`(?<name>[A-Za-z_\u{80}-\u{10ffff}][\w$\u{80}-\u{10ffff}]*)`,
  String.raw`(?<mark>::|:=|\$?\d[\w.]*|[\s\S])`,
].join('|');

/** Cuts SQL into pieces; comments and blanks are left out. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const { groups = {} } of sql.matchAll(new RegExp(pieces, 'gu'))) {
    const { name, quoted, coded, mark } = groups;
    const string = groups.string ?? groups.escaped ?? groups.dollar;
    if (name !== undefined) tokens.push({ kind: 'name', text: name.toLowerCase() });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replaceAll('""', '"') });
    else if (coded !== undefined) tokens.push({ kind: 'quoted', text: coded });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'") });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
  }
  return tokens;
}

/** Relations and types that SQL names without a schema, so that a search_path decides what they are. */
export type Unqualified = { relations: Set<string>; types: Set<string> };

// These are part of the grammar and are never looked up.
const grammar = new Set(
  'int integer smallint bigint real float double decimal dec numeric boolean bit char character varchar nchar national time timestamp interval setof'.split(
    ' ',
  ),
);
// Named before a string, these make it a value of the type.
const literals = new Set(
  'uuid text date json jsonb bytea timestamptz timetz int2 int4 int8 float4 float8 bool name oid inet cidr citext regclass regtype regproc xml money'.split(
    ' ',
  ),
);
const speakers = new Set(['extract', 'substring', 'trim', 'overlay', 'position']);
const ends = new Set(
  'where group order having limit offset union intersect except returning loop then window for set select values'.split(
    ' ',
  ),
);
const statement = /\b(select|insert|update|delete|merge|table)\b/i;

/** What a body names without a schema. `jsonIsGrammar` from PostgreSQL 17 on. */
export function unqualifiedIn(body: string, language: string, jsonIsGrammar: boolean): Unqualified {
  const found: Unqualified = { relations: new Set(), types: new Set() };
  const tokens = tokensOf(body);
  const addType = (token: Token | undefined, next: Token | undefined) => {
    if (token?.kind !== 'name' && token?.kind !== 'quoted') return;
    if (next?.text === '.' && next.kind === 'mark') return;
    const plain = token.kind === 'name';
    if (plain && (grammar.has(token.text) || (jsonIsGrammar && token.text === 'json'))) return;
    found.types.add(token.text);
  };
  findRelations(tokens, found.relations);
  findTypes(tokens, addType);
  if (language === 'plpgsql') findDeclared(tokens, found.relations, addType);
  if (tokens.some(({ kind, text }) => kind === 'name' && text === 'execute'))
    for (const { kind, text } of tokens) {
      if (kind !== 'string' || !statement.test(text)) continue;
      const inner = unqualifiedIn(text, 'sql', jsonIsGrammar);
      for (const name of inner.relations) found.relations.add(name);
      for (const name of inner.types) found.types.add(name);
    }
  return found;
}

function findRelations(tokens: readonly Token[], found: Set<string>): void {
  const cte = new Set<string>();
  // By depth of parentheses: the name before it, and whether a list of relations goes on.
  const levels = [{ opener: '', from: false }];
  let expecting: 'relation' | 'target' | null = null;
  let verb = '';
  const textAt = (i: number) => (tokens[i]?.kind === 'name' || tokens[i]?.kind === 'mark' ? tokens[i].text : '');
  for (const [i, token] of tokens.entries()) {
    const level = levels.at(-1) ?? { opener: '', from: false };
    const before = textAt(i - 1);
    if (token.kind === 'mark') {
      if (token.text === '(') levels.push({ opener: tokens[i - 1]?.text ?? '', from: expecting !== null });
      else if (token.text === ')') {
        const closed = levels.length > 1 ? levels.pop() : undefined;
        if (closed && textAt(i + 1) === 'as' && /^(\(|not|materialized)$/.test(textAt(i + 2))) cte.add(closed.opener);
        expecting = null;
      } else {
        if (token.text === ';') levels.splice(0, levels.length, { opener: '', from: false });
        expecting = token.text === ',' && level.from ? 'relation' : null;
      }
      continue;
    }
    const word = token.kind === 'name' ? token.text : '';
    if (expecting !== null && !/^(select|with|values|lateral|only)$/.test(word) && token.kind !== 'string') {
      const next = textAt(i + 1);
      if (next !== '.' && (next !== '(' || expecting === 'target')) found.add(token.text);
      expecting = null;
      continue;
    }
    if (expecting !== null && /^(lateral|only)$/.test(word)) continue;
    expecting = null;
    if (/^(select|insert|update|delete|merge|execute|raise)$/.test(word)) verb = word;
    if (ends.has(word)) level.from = false;
    if (textAt(i + 1) === 'as' && /^(\(|not|materialized)$/.test(textAt(i + 2))) cte.add(token.text);
    const starts =
      (word === 'from' && before !== 'distinct' && !speakers.has(level.opener) && !fetches(tokens, i)) ||
      word === 'join' ||
      (word === 'using' && textAt(i + 1) !== '(' && /^(delete|merge)$/.test(verb));
    if (starts) {
      level.from = true;
      expecting = 'relation';
    }
    if (word === 'into' && /^(insert|merge)$/.test(before)) expecting = 'target';
    if (word === 'update' && !/^(for|do|on|or|key|no)$/.test(before) && textAt(i + 1) !== 'set') expecting = 'target';
    if (word === 'table' && /^(truncate|lock)$/.test(before)) expecting = 'relation';
    if (word === 'truncate' && textAt(i + 1) !== 'table') expecting = 'relation';
  }
  for (const name of cte) found.delete(name);
}

// `fetch next from c` names a cursor.
function fetches(tokens: readonly Token[], at: number): boolean {
  for (let i = at - 1; i >= Math.max(0, at - 4); i--) {
    const token = tokens[i];
    if (token?.kind === 'name' && /^(fetch|move)$/.test(token.text)) return true;
    if (token?.text === ';') return false;
  }
  return false;
}

type AddType = (token: Token | undefined, next: Token | undefined) => void;

function findTypes(tokens: readonly Token[], add: AddType): void {
  const openers: { name: string; columns: boolean }[] = [];
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    const next = tokens[i + 1];
    if (token.kind === 'mark') {
      if (token.text === '::') add(next, tokens[i + 2]);
      if (token.text === '(') {
        const alias = tokens[i - 2]?.kind === 'name' && tokens[i - 2]?.text === 'as';
        openers.push({ name: before?.text ?? '', columns: alias || before?.text === 'as' });
      }
      if (token.text === ')') openers.pop();
      continue;
    }
    if (token.kind === 'name' && literals.has(token.text) && next?.kind === 'string' && before?.text !== '.')
      add(token, next);
    const opener = openers.at(-1);
    if (token.kind === 'name' && token.text === 'as' && opener?.name === 'cast') add(next, tokens[i + 2]);
    // `as t(id uuid, …)` names the types of columns.
    const isFirst = before?.kind === 'mark' && (before.text === '(' || before.text === ',');
    const isSql = token.kind === 'name' && /^(select|with|insert|update|delete|merge|values|table)$/.test(token.text);
    if (opener?.columns && isSql) opener.columns = false;
    if (opener?.columns && isFirst && token.kind !== 'string') add(next, tokens[i + 2]);
  }
}

// `declare x type;` up to the BEGIN of the block.
function findDeclared(tokens: readonly Token[], relations: Set<string>, addType: AddType): void {
  let first = -1;
  for (const [i, { kind, text }] of tokens.entries()) {
    const word = kind === 'name' ? text : '';
    if (word === 'declare') first = i + 1;
    else if (word === 'begin') first = -1;
    else if (kind === 'mark' && text === ';' && first >= 0) {
      declared(tokens.slice(first, i), relations, addType);
      first = i + 1;
    }
  }
}

function declared(parts: readonly Token[], relations: Set<string>, addType: AddType): void {
  const rest = parts.slice(parts[1]?.text === 'constant' ? 2 : 1);
  const [type] = rest;
  // Even `record` is looked up like any other name.
  if (!type || /^(alias|cursor|no|scroll)$/.test(type.text)) return;
  const percent = rest.findIndex(({ kind, text }) => kind === 'mark' && text === '%');
  const dots = rest.slice(0, Math.max(percent, 0)).filter(({ kind, text }) => kind === 'mark' && text === '.').length;
  const whole = rest[percent + 1]?.text === 'rowtype';
  if (percent > 0) {
    if (dots === (whole ? 0 : 1)) relations.add(type.text);
    return;
  }
  addType(type, rest[1]);
}

/** Functions that SQL calls, each with the schema it is written with (an empty one where there is none). */
export function callsIn(sql: string): { schema: string; name: string }[] {
  const tokens = tokensOf(sql);
  return tokens.flatMap(({ kind, text }, i) => {
    if (kind === 'string') return statement.test(text) ? callsIn(text) : [];
    if (kind === 'mark' || tokens[i + 1]?.text !== '(') return [];
    const schema = tokens[i - 1]?.text === '.' ? (tokens[i - 2]?.text ?? '') : '';
    return [{ schema, name: text }];
  });
}
