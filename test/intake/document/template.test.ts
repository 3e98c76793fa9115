import { describe, expect, test } from 'vitest';
import { placeholdersIn } from '../../../intake/document/template.ts';
import { CandorError } from '../../../schemas/index.ts';
import { demo, template } from './agreement.ts';

function refusal(text: string): string {
  try {
    template(text);
  } catch (error) {
    if (!(error instanceof CandorError)) throw error;
    const { file, line, column } = error.location ?? {};
    return `${error.name} ${file}:${line}:${column} ${error.what}`;
  }
  return 'taken';
}

describe('a placeholder that was left in', () => {
  test.each([
    ['TODO', 'Pay TODO now.', 5],
    ['[Company]', 'Between [Company] and us.', 9],
    ['[insert date]', 'On [insert date].', 4],
    ['[●]', 'On [●].', 4],
    ['Lorem', 'Lorem ipsum dolor.', 1],
    ['{{unknown}}', 'For {{unknown}}.', 5],
    ['{{customer.nmae}}', 'For {{customer.nmae}}.', 5],
    ['[[company]]', 'For [[company]].', 5],
    ['____', 'Name: ____', 7],
    ['<your name>', 'I, <your name>', 4],
  ])('%s is refused with its place', (placeholder, text, column) => {
    expect(refusal(`---\ntitle: x\n---\n\n# One\n\n${text}\n`)).toBe(
      `TemplatePlaceholder documents/our-agreement.md:7:${column} \`${placeholder}\` is a placeholder that nobody fills in.`,
    );
  });
  test.each([
    'See [GDPR](https://eur-lex.europa.eu/eli/reg/2016/679/oj).',
    'Todo lo demás; a method; [see below].',
    'For {{customer.name}}, by {{ company.legalName }}.',
    'A snake_case_word and a__b.',
  ])('%s is none', (text) => {
    expect(refusal(text)).toBe('taken');
  });
  test('all are listed, with Windows line ends too', () => {
    const found = placeholdersIn('a.md', '---\r\nx: 1\r\n---\r\nTODO\r\n\r\na TBD and [Name]\r\n');
    expect(found.map(({ location }) => [location?.line, location?.column])).toEqual([
      [4, 1],
      [6, 3],
      [6, 11],
    ]);
  });
  test('the demo has none', async () => {
    await expect(demo()).resolves.toBeDefined();
  });
});

describe('what the PDF cannot show is refused', () => {
  test.each([
    ['html', 'A <b>bold</b> word.', 3],
    ['image', 'A ![seal](seal.png).', 3],
    ['a link that is not https', 'A [link](javascript:alert).', 3],
  ])('%s', (element, text, column) => {
    expect(refusal(`# One\n\n${text}`)).toBe(
      `TemplateUnsupported documents/our-agreement.md:3:${column} a template cannot hold ${element}.`,
    );
  });
});

test('a text becomes data, with its variables apart', () => {
  expect(template('## A *b*\n\n1. for {{customer.name}}\n2. `x`\n\n| a |\n|---|\n| 1 |\n').blocks).toEqual([
    {
      kind: 'heading',
      level: 2,
      inline: [
        { kind: 'text', text: 'A ' },
        { kind: 'emphasis', inline: [{ kind: 'text', text: 'b' }] },
      ],
    },
    {
      kind: 'list',
      ordered: true,
      start: 1,
      items: [
        [
          {
            kind: 'paragraph',
            inline: [
              { kind: 'text', text: 'for ' },
              { kind: 'variable', name: 'customer.name' },
            ],
          },
        ],
        [{ kind: 'paragraph', inline: [{ kind: 'code', text: 'x' }] }],
      ],
    },
    { kind: 'table', rows: [[[{ kind: 'text', text: 'a' }]], [[{ kind: 'text', text: '1' }]]] },
  ]);
});
