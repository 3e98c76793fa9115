import { z } from 'zod';
import type { Collector } from '../collectors/define.ts';
import { type ContentType, contentTypes, errorNames, explainError, publishedTypes } from '../schemas/index.ts';
import {
  contentGlob,
  contentJsonSchema,
  contentTypeNames,
  editorSettings,
  installedSchemas,
  type JsonSchema,
  schemaFile,
  schemaName,
} from '../schemas/json-schema.ts';

/** An example file of each kind of content: its path inside the example folder, and its text. */
export type Examples = ReadonlyMap<ContentType, { path: string; text: string }>;

const generated = '<!-- Made by `npm run generate` from the schemas and collectors. Changes here are lost. -->';

/** Every file of the reference by its path in `docs/reference/`. */
export function referenceFiles(collectors: ReadonlyMap<string, Collector>, examples: Examples): Map<string, string> {
  const schemas = contentTypeNames.map((type): [string, string] => [
    `schemas/${schemaFile(type)}`,
    `${JSON.stringify(contentJsonSchema(type), null, 2)}\n`,
  ]);
  return new Map([
    ...schemas,
    ['content.md', contentPage(examples)],
    ...Object.entries(publishedTypes).map(([name, { schema }]): [string, string] => [
      `published/${name}.schema.json`,
      `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-7' }), null, 2)}\n`,
    ]),
    ['published.md', publishedPage()],
    ['errors.md', errorsPage()],
    ['collectors.md', collectorsPage([...collectors.values()])],
    // So that editors complete this repository’s own content.
    ['../../.vscode/settings.json', settingsHere()],
  ]);
}

function settingsHere(): string {
  const text = JSON.stringify(editorSettings, null, 2).replaceAll(installedSchemas, './docs/reference/schemas');
  return `${text}\n`;
}

function contentPage(examples: Examples): string {
  const parts = contentTypeNames.map((type) => {
    const schema = z.toJSONSchema(contentTypes[type].schema, { io: 'input', unrepresentable: 'any' });
    const example = examples.get(type);
    const prose = contentTypes[type].layout === 'prose' || contentTypes[type].layout === 'chapters';
    return [
      `## ${schemaName(type)}`,
      contentTypes[type].schema.meta()?.description ?? '',
      `Lies in \`content/${contentGlob(type)}\`.${prose ? ' The fields stand in the front matter; the text below them is Markdown or MDX.' : ''}`,
      fieldTables(schema),
      example === undefined ? '' : `\`content/${example.path}\`:\n\n\`\`\`yaml\n${example.text.trimEnd()}\n\`\`\``,
    ];
  });
  const intro = [
    'Everything in the content folder is one of these kinds. The name of a file, without its ending, is the id of the thing;',
    'for claims the folder is the section. Unknown fields are refused, and `candor check` names every error with its place.',
    '',
    'An editor with the YAML extension completes the fields when a file begins with a line such as',
    `\`# yaml-language-server: $schema=../${installedSchemas.slice(2)}/organization.schema.json\`,`,
    'or when `.vscode/settings.json` maps the folders, as `candor init` sets it up.',
  ].join('\n');
  return page('Content', [intro, ...parts.flat()]);
}

function publishedPage(): string {
  const intro = [
    'What candor writes for machines. All of it is canonical JSON (RFC 8785) with a newline, and strict: another field is an',
    'error. Evidence, heartbeats, keys and releases are leaves of the log, byte for byte. Beside them lie',
    '`.tlog-proof` (C2SP tlog-proof: the inclusion in the log) and `.sigstore.json` (a sigstore bundle, v0.3, around a DSSE',
    'envelope with an in-toto Statement v1; ECDSA P-256). `/log/` is a C2SP tlog-tiles log with signed-note checkpoints',
    '(Ed25519). Statements name the files by their published paths, and their predicate types are',
    '`urn:candor:evidence:1` (origin, index, collectedAt), `urn:candor:release:1` (origin, index, number, publishedAt,',
    'expiresAt) and `urn:candor:manifest:1` (origin, builtAt, expiresAt).',
  ].join('\n');
  const parts = Object.entries(publishedTypes).flatMap(([name, { path, schema }]) => [
    `## ${name}`,
    schema.meta()?.description ?? '',
    `Published as \`${path}\`; [JSON Schema](published/${name}.schema.json).`,
    fieldTables(z.toJSONSchema(schema)),
  ]);
  return page('Published files', [intro, ...parts]);
}

/** One table for a plain schema; for a union one a branch, after the field that chooses it. */
function fieldTables(root: JsonSchema): string {
  const top = object(root, root);
  const branches = top.flatMap(({ oneOf = [], anyOf = [] }) =>
    [...oneOf, ...anyOf].flatMap((part) => object(part, root)),
  );
  return (branches.length === 0 ? top : branches).map((branch) => fieldTable(branch, root)).join('\n\n');
}

function fieldTable(schema: JsonSchema, root: JsonSchema): string {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    rowsOf(name, field, required.has(name), root),
  );
  return ['| field | type | needed | description |', '|---|---|---|---|', ...rows].join('\n');
}

/** A row for a field, and rows for the fields inside it. */
function rowsOf(name: string, field: JsonSchema | boolean, required: boolean, root: JsonSchema): string[] {
  const [schema] = object(field, root);
  if (schema === undefined) return [];
  const note = schema.default === undefined ? '' : ` Default: \`${JSON.stringify(schema.default)}\`.`;
  const about = (described(field) ?? schema.description ?? '') + note;
  const row = `| \`${name}\` | ${cell(typeOf(schema, root))} | ${required ? 'yes' : ''} | ${cell(about.trim())} |`;
  return [row, ...inside(name, schema, root)];
}

function inside(name: string, schema: JsonSchema, root: JsonSchema): string[] {
  const items = Array.isArray(schema.items) ? undefined : schema.items;
  const extra = schema.propertyNames === undefined ? undefined : schema.additionalProperties;
  const [element] = [...object(items, root), ...object(extra, root)];
  const prefix = items === undefined ? (extra === undefined ? name : `${name}.*`) : `${name}[]`;
  const holders = [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), element ?? schema];
  const seen = new Set<string>();
  return holders
    .flatMap((holder) => object(holder, root))
    .flatMap((holder) =>
      Object.entries(holder.properties ?? {}).flatMap(([key, field]) =>
        rowsOf(`${prefix}.${key}`, field, holder.required?.includes(key) ?? false, root),
      ),
    )
    .filter((row) => !seen.has(row) && seen.add(row));
}

/** The schema itself, or the one that it refers to. */
function object(node: JsonSchema | boolean | undefined, root: JsonSchema): JsonSchema[] {
  if (node === undefined || typeof node === 'boolean') return [];
  const target = node.$ref === undefined ? undefined : root.$defs?.[node.$ref.replace('#/$defs/', '')];
  if (target !== undefined) return object(target, root);
  const only = node.allOf?.length === 1 ? object(node.allOf[0], root)[0] : undefined;
  return [only === undefined ? node : { ...only, ...node }];
}

function described(node: JsonSchema | boolean): string | undefined {
  return typeof node === 'boolean' ? undefined : node.description;
}

function typeOf(schema: JsonSchema, root: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  const parts = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((part) => object(part, root));
  if (parts.length > 0) return [...new Set(parts.map((part) => typeOf(part, root)))].join(' or ');
  if (schema.type === 'array') {
    const [item] = object(Array.isArray(schema.items) ? undefined : schema.items, root);
    return `list of ${item === undefined ? 'values' : typeOf(item, root)}`;
  }
  const formats: Record<string, string> = {
    date: 'date',
    email: 'e-mail address',
    uri: 'web address',
    'date-time': 'instant',
  };
  if (typeof schema.format === 'string') return formats[schema.format] ?? schema.format;
  const types: Record<string, string> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
    object: 'fields',
    null: '`null`',
  };
  const names = [schema.type ?? []].flat().map((name) => types[name] ?? 'any value');
  return names.length === 0 ? 'any value' : names.join(' or ');
}

function errorsPage(): string {
  const intro = [
    'Every error has a permanent name. Exit codes: 1 what was asked does not hold, 2 wrong usage or content, 3 it could not',
    'be finished. The texts below are examples.',
  ].join('\n');
  const parts = errorNames.map((name) => {
    const { what, hint, why, exit } = explainError(name);
    return [`## ${name}`, `\`\`\`text\nerror ${name}: ${what}\n  hint: ${hint}\n\`\`\``, `${why} Exit code ${exit}.`];
  });
  return page('Errors', [intro, ...parts.flat()]);
}

function collectorsPage(collectors: readonly Collector[]): string {
  const intro = 'What each collector reads, the rights that it needs, the intent that it is told, and what it checks.';
  const parts = collectors.map(({ id, title, source, method, permissions, expect, checks }) => {
    const schema = z.toJSONSchema(expect, { io: 'input', unrepresentable: 'any' });
    const rows = Object.entries(checks).map(
      ([check, { title, statement }]) => `| \`${check}\` | ${cell(title)} | ${cell(statement)} |`,
    );
    return [
      `## ${id}`,
      `${title}. Reads a source of kind \`${source}\`; OSCAL method ${method}.`,
      `### Rights\n\n${permissions.map((right) => `- ${right}`).join('\n')}`,
      `### Intent (\`collect.${id}.expect\`)\n\n${fieldTables(schema)}`,
      ['### Checks', '', '| check | good state | what exactly is true |', '|---|---|---|', ...rows].join('\n'),
    ];
  });
  return page('Collectors', [intro, ...parts.flat()]);
}

function page(title: string, parts: string[]): string {
  return `${[generated, `# ${title}`, ...parts.filter((part) => part !== '')].join('\n\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
