import type { MdastNode } from 'satteri';
import { candorError } from '../../schemas/index.ts';
import { isVariable, type Variable } from './variables.ts';

/** A part of a paragraph. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'variable'; name: Variable }
  | { kind: 'strong' | 'emphasis'; inline: Inline[] }
  | { kind: 'link'; url: string; inline: Inline[] }
  | { kind: 'break' };

/** A part of a text. */
export type Block =
  | { kind: 'heading'; level: number; inline: Inline[] }
  | { kind: 'paragraph'; inline: Inline[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'table'; rows: Inline[][][] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' };

/** A tree of Markdown as data that the layout shows. Throws TemplateUnsupported for what it cannot show. */
export function blocksOf(node: MdastNode, file: string): Block[] {
  return 'children' in node ? node.children.flatMap((child) => blockOf(child, file)) : [];
}

function blockOf(node: MdastNode, file: string): Block[] {
  switch (node.type) {
    case 'yaml':
      return [];
    case 'heading':
      return [{ kind: 'heading', level: node.depth, inline: inlinesOf(node, file) }];
    case 'paragraph':
      return [{ kind: 'paragraph', inline: inlinesOf(node, file) }];
    case 'list': {
      const items = node.children.map((item) => blocksOf(item, file));
      return [{ kind: 'list', ordered: node.ordered === true, start: node.start ?? 1, items }];
    }
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocksOf(node, file) }];
    case 'table':
      return [{ kind: 'table', rows: node.children.map((row) => row.children.map((cell) => inlinesOf(cell, file))) }];
    case 'code':
      return [{ kind: 'code', text: node.value }];
    case 'thematicBreak':
      return [{ kind: 'rule' }];
    default:
      throw unsupported(node, file);
  }
}

function inlinesOf(node: MdastNode, file: string): Inline[] {
  return 'children' in node ? node.children.flatMap((child) => inlineOf(child, file)) : [];
}

function inlineOf(node: MdastNode, file: string): Inline[] {
  switch (node.type) {
    case 'text':
      return textOf(node.value.replaceAll('\n', ' '));
    case 'inlineCode':
      return [{ kind: 'code', text: node.value }];
    case 'strong':
    case 'emphasis':
      return [{ kind: node.type, inline: inlinesOf(node, file) }];
    case 'break':
      return [{ kind: 'break' }];
    case 'link':
      if (!/^(?:https:\/\/|mailto:)/.test(node.url)) throw unsupported(node, file, 'a link that is not https');
      return [{ kind: 'link', url: node.url, inline: inlinesOf(node, file) }];
    default:
      throw unsupported(node, file);
  }
}

/** Text with its variables apart. */
function textOf(text: string): Inline[] {
  return text
    .split(/(\{\{\s*[\w.]+\s*\}\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const name = /^\{\{\s*([\w.]+)\s*\}\}$/.exec(part)?.[1];
      return name !== undefined && isVariable(name) ? { kind: 'variable', name } : { kind: 'text', text: part };
    });
}

function unsupported(node: MdastNode, file: string, element: string = node.type) {
  const start = node.position?.start;
  return candorError('TemplateUnsupported', { element }, { file, line: start?.line ?? 1, column: start?.column ?? 1 });
}
