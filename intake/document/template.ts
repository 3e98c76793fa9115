import { markdownToMdast } from 'satteri';
import { sha256 } from '../../posture/digest.ts';
import { type CandorError, candorError, type Digest, type Document, type Id } from '../../schemas/index.ts';
import { type Block, blocksOf } from './blocks.ts';
import { isVariable, variableNames } from './variables.ts';

/** The text of an agreement, as data. `text` is the whole of its file, of which `digest` is the SHA-256. */
export type Template = { id: Id; data: Document; text: string; digest: Digest; blocks: Block[] };

/** What people leave in a text to fill in later. `{{…}}` and `[[…]]` are looked at by name. */
const PLACEHOLDER =
  /\{\{[^}\n]*(?:\}\}|$)|\[\[[^\]\n]*\]\]|\[(?:\p{Lu}|\.\.|…|●|•|_|\s*\])[^\]\n]*\](?!\()|\[(?:insert|your|company|customer|name|date|address)\b[^\]\n]*\](?!\()|<(?:[Ii]nsert|[Yy]our|[Cc]ompany|[Cc]ustomer|[Nn]ame|[Dd]ate|[Aa]ddress)\b[^>\n]*>|\b(?:TODO|TBD|TBC|FIXME|XXX+)\b|\b[Ll]orem\b|\bLOREM\b|_{4,}/gmu;
const BRACES = /^\{\{\s*([\w.]+)\s*\}\}$/;

/**
 * Reads the file of a template. `text` is the whole of it, front matter included. Throws what is wrong with it first,
 * with its place: TemplatePlaceholder, TemplateUnsupported.
 */
export function readTemplate(file: { id: Id; data: Document; file: string; text: string }): Template {
  const [first] = placeholdersIn(file.file, file.text);
  if (first !== undefined) throw first;
  const { id, data, text } = file;
  return {
    id,
    data,
    text,
    digest: sha256(text),
    blocks: blocksOf(markdownToMdast(text.replaceAll('\r\n', '\n')), file.file),
  };
}

/** The placeholders that were left in a template, each with its place. */
export function placeholdersIn(file: string, text: string): CandorError[] {
  const start = text.match(/^\uFEFF?---\r?\n[\s\S]*?\n---[ \t]*(?:\r?\n|$)/)?.[0].length ?? 0;
  const before = text.slice(0, start).split('\n').length - 1;
  return text
    .slice(start)
    .split(/\r?\n/)
    .flatMap((line, index) =>
      [...line.matchAll(PLACEHOLDER)]
        .filter(([found]) => !isKnown(found))
        .map(({ 0: placeholder, index: at }) =>
          candorError(
            'TemplatePlaceholder',
            { placeholder, variables: variableNames },
            { file, line: before + index + 1, column: at + 1, length: placeholder.length },
          ),
        ),
    );
}

function isKnown(found: string): boolean {
  const name = BRACES.exec(found)?.[1];
  return name !== undefined && isVariable(name);
}
