/** As much of psql as the setup script needs: `-v name=value`, `-f file`, an address, `:'name'`, `\set` and `\gexec`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';

const { values, positionals } = parseArgs({
  options: { variable: { type: 'string', short: 'v', multiple: true }, file: { type: 'string', short: 'f' } },
  allowPositionals: true,
});
const variables = new Map(
  (values.variable ?? []).map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
);
const script = readFileSync(values.file ?? '', 'utf8')
  .replace(/^\\set .*$/gm, '')
  .replace(/:'(\w+)'/g, (_, name: string) => pg.escapeLiteral(variables.get(name) ?? ''));
const client = new pg.Client({ connectionString: positionals[0] });
await client.connect();
try {
  const parts = script.split('\\gexec');
  for (const [index, part] of parts.entries()) {
    // The statement just before \gexec makes statements; what is left of it is run as it stands.
    const end = index === parts.length - 1 ? part.length : part.lastIndexOf(';') + 1;
    await client.query(part.slice(0, end));
    if (end === part.length) continue;
    const made = await client.query<string[]>({ text: part.slice(end), rowMode: 'array' });
    for (const statement of made.rows.flat()) await client.query(statement);
  }
} finally {
  await client.end();
}
