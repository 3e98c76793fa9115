import { z } from 'zod';
import { type ContentType, contentTypes } from './content.ts';

/** A JSON Schema as an object; `true` and `false` do not stand at the top. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** All kinds of content, in the order of the table. */
export const contentTypeNames: readonly ContentType[] = Object.keys(contentTypes).filter(
  (name): name is ContentType => name in contentTypes,
);

/** The name of one thing of a kind, in kebab-case: `claim`, `data-item`. Made of the schema's own id. */
export function schemaName(type: ContentType): string {
  const id = contentTypes[type].schema.meta()?.id ?? type;
  return id.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

/** The file name of the JSON Schema of a kind of content. */
export function schemaFile(type: ContentType): string {
  return `${schemaName(type)}.schema.json`;
}

/** What an author writes, as JSON Schema draft 7, which every YAML editor understands. Fields with a default may be left out. */
export function contentJsonSchema(type: ContentType): JsonSchema {
  const schema = z.toJSONSchema(contentTypes[type].schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  return { ...schema, title: schemaName(type) };
}

/** The files of a kind of content as a glob inside the content folder; prose lies in Markdown, not in YAML. */
export function contentGlob(type: ContentType): string {
  const { layout, path } = contentTypes[type];
  if (layout === 'single') return path;
  if (layout === 'many') return `${path}/*.yaml`;
  return layout === 'prose' ? `${path}/*.{md,mdx}` : `${path}/*/*.{md,mdx}`;
}

/** Where the JSON Schemas lie for somebody who has installed the package, from the folder of their `package.json`. */
export const installedSchemas = './node_modules/candor/docs/reference/schemas';

/**
 * `.vscode/settings.json` of an adopter's folder: the YAML extension completes and checks each kind of content. Fields
 * of Markdown files are not covered by it; `candor check` covers all.
 */
export const editorSettings: { 'yaml.schemas': Record<string, string> } = {
  'yaml.schemas': Object.fromEntries(
    contentTypeNames
      .filter((type) => contentTypes[type].layout === 'single' || contentTypes[type].layout === 'many')
      .map((type) => [`${installedSchemas}/${schemaFile(type)}`, `content/${contentGlob(type)}`]),
  ),
};
