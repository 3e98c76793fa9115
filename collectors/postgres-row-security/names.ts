/** A schema and a name in it. */
export type Name = { schema: string; name: string };

/** An identifier for SQL, always quoted. */
export function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A relation for SQL. */
export function qualified(name: Name): string {
  return `${ident(name.schema)}.${ident(name.name)}`;
}

/** A text literal for SQL, right under either setting of standard_conforming_strings. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

/** An identifier for people: quoted only where it has to be. */
export function shown(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : ident(name);
}

/** `schema.name` for people. */
export function shownName(name: Name): string {
  return `${shown(name.schema)}.${shown(name.name)}`;
}

/** Cuts a subject or a reason to the length that a finding may have. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > length - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

const part = String.raw`(?:"((?:[^"]|"")+)"|([^".\s()]+))`;
const dotted = new RegExp(String.raw`^\s*${part}(?:\.${part})?(?:\.${part})?\s*$`);

/** The parts of a dotted name as people write it, quotes removed; null when it is none. */
export function dottedParts(text: string): string[] | null {
  const match = dotted.exec(text);
  if (!match) return null;
  const parts: string[] = [];
  for (let i = 1; i < match.length; i += 2) {
    const quoted = match[i];
    const plain = match[i + 1];
    if (quoted !== undefined) parts.push(quoted.replaceAll('""', '"'));
    else if (plain !== undefined) parts.push(plain);
  }
  return parts;
}

/** A relation's name as people write it; without a schema it is in `public`. */
export function parseName(text: string): Name | null {
  const parts = dottedParts(text);
  const [first, second, third] = parts ?? [];
  if (first === undefined || third !== undefined) return null;
  return second === undefined ? { schema: 'public', name: first } : { schema: first, name: second };
}

/** The path `column -> schema.table.column` that leads to the row which names the tenant; null when it is none. */
export function parseVia(text: string): { column: string; target: Name; targetColumn: string } | null {
  const [from, to, more] = text.split('->');
  if (from === undefined || to === undefined || more !== undefined) return null;
  const [column, tooMany] = dottedParts(from) ?? [];
  const [schema, name, targetColumn] = dottedParts(to) ?? [];
  if (column === undefined || tooMany !== undefined) return null;
  if (schema === undefined || name === undefined || targetColumn === undefined) return null;
  return { column, target: { schema, name }, targetColumn };
}
