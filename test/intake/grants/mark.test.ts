import { PDF, PdfArray, PdfDict, PdfName, PdfNumber } from '@libpdf/core';
import { describe, expect, test } from 'vitest';
import { type Mark, marked } from '../../../intake/grants/mark.ts';
import { shown } from '../../../intake/grants/shown.ts';
import { paper } from './desk.ts';
import { at, stampsOf } from './stamps.ts';

const ada: Mark = {
  company: 'Quill Ltd.',
  email: 'ada@quill.swiss',
  grant: 'grant-0123456789abcdef',
  at: new Date('2026-11-22T23:59:00Z'),
};
const number = '2026-11-22 · grant-0123456789abcdef';

describe('a marked copy', () => {
  test('carries company, address, date and number on each page, twice, and still what was there', async () => {
    const copy = await marked(await paper(), ada);
    const stamps = await stampsOf(copy);
    expect(stamps).toHaveLength(2);
    for (const { words } of stamps)
      expect(words).toEqual(['Quill Ltd.', 'Quill Ltd.', ada.email, ada.email, number, number]);
    const pages = (await PDF.load(copy)).extractText().map(({ text }) => text);
    expect(pages).toEqual(['First: What only some may read', 'Second: What only some may read']);
  });

  test('has the same bytes for the same recipient, and others for another', async () => {
    const file = await paper();
    const again = await marked(file, ada);
    expect(Buffer.from(await marked(file, ada)).equals(again)).toBe(true);
    expect(Buffer.from(await marked(file, { ...ada, email: 'eve@quill.swiss' })).equals(again)).toBe(false);
  });

  test.each([
    ') Tj ET Q q BT (forged) Tj',
    '<</Type/Catalog>> endobj %%EOF',
    '\\051 \\) > stream endstream',
    '"><script>alert(1)</script> #{x} $y',
    'x'.repeat(160),
    '👩‍💻🏴‍☠️ zero\u200bwidth\u00ad\u00a0and\u202egnirts',
    '株式会社クイル שלום مرحبا Łódź',
  ])('text stays text, whatever it is: %s', async (company) => {
    const file = await paper();
    const copy = await marked(file, { ...ada, company });
    for (const { words } of await stampsOf(copy)) {
      expect(words).toHaveLength(6);
      expect(words[0]).toBe(shown(company, 100));
      expect(words.slice(2)).toEqual([ada.email, ada.email, number, number]);
    }
    const back = await PDF.load(copy);
    expect(back.getPages()).toHaveLength(2);
    // In any script, it is found in the file as a whole.
    expect(back.getKeywords()?.join(' ')).toContain(
      company
        .replace(/[\s,]+/g, ' ')
        .slice(0, 20)
        .trim()
        .split(' ')[0],
    );
  });

  test('what no font of every reader has is replaced by its code point, and what is left out is seen to be', () => {
    expect(shown('Zürich – “Ünï” €', 100)).toBe('Zürich – “Ünï” €');
    expect(shown('Łódź', 100)).toBe('‹U+0141›ód‹U+017A›');
    expect(shown('株', 100)).toBe('‹U+682A›');
    expect(shown('a\u0000\u00ad\u200b\u202eb', 100)).toBe('a‹U+0000›‹U+00AD›‹U+200B›‹U+202E›b');
    expect(shown('e\u0301', 100)).toBe('é');
    expect(shown('x'.repeat(20), 20)).toBe('x'.repeat(20));
    expect(shown('x'.repeat(21), 20)).toBe(`${'x'.repeat(19)}…`);
    expect(shown('株'.repeat(20), 20)).toBe('‹U+682A›‹U+682A›…');
  });

  test.each([
    [0, [1, 0, 0, 1, 50, 100], [300, 200]],
    [90, [0, 1, -1, 0, 350, 100], [200, 300]],
    [180, [-1, 0, 0, -1, 350, 300], [300, 200]],
    [270, [0, -1, 1, 0, 50, 300], [200, 300]],
    [-90, [0, -1, 1, 0, 50, 300], [200, 300]],
  ])('stands upright on what is seen of a page that is turned by %i and cropped', async (turn, matrix, size) => {
    const pdf = PDF.create();
    const { dict } = pdf.addPage({ width: 1000, height: 1000 });
    dict.set('Rotate', PdfNumber.of(turn));
    // Two corners, in whatever order.
    dict.set('CropBox', PdfArray.of(...[350, 300, 50, 100].map((each) => PdfNumber.of(each))));
    const [stamp] = await stampsOf(await marked(await pdf.save(), ada));
    expect(stamp?.matrix).toEqual(matrix);
    expect(stamp?.box.slice(2)).toEqual(size);
  });

  test('keeps what a page inherits, and adds nothing to what it shares with others', async () => {
    const pdf = await PDF.load(await paper());
    const pages = pdf.getPages();
    const shared = pages[0] && at(pdf, pages[0].dict, 'Resources');
    const parent = pages[0] && at(pdf, pages[0].dict, 'Parent');
    if (!(shared instanceof PdfDict) || !(parent instanceof PdfDict)) throw new Error('a page has both');
    parent.set('Resources', shared);
    parent.set('MediaBox', PdfArray.of(...[0, 0, 400, 500].map((each) => PdfNumber.of(each))));
    for (const { dict } of pages) for (const name of ['Resources', 'MediaBox']) dict.delete(PdfName.of(name));
    const back = await PDF.load(await marked(await pdf.save(), ada));
    for (const { dict } of back.getPages()) {
      const fonts = at(back, at(back, dict, 'Resources'), 'Font');
      expect(fonts instanceof PdfDict && fonts.size).toBe(1);
    }
    const before = at(back, at(back, back.getPages()[0]?.dict, 'Parent'), 'Resources');
    expect(at(back, before, 'XObject')).toBeUndefined();
    for (const { words, box } of await stampsOf(await marked(await pdf.save(), ada))) {
      expect(words).toHaveLength(6);
      expect(box.slice(2)).toEqual([400, 500]);
    }
  });

  test('is refused for what is no PDF, is encrypted, or has no page, in our own words', async () => {
    const locked = await PDF.load(await paper());
    locked.setProtection({ userPassword: 'secret', ownerPassword: 'secret' });
    const empty = PDF.create();
    const refused = (problem: string) => ({ name: 'Unmarkable', message: problem });
    await expect(marked(new TextEncoder().encode('Dear all'), ada)).rejects.toMatchObject(
      refused('it cannot be read as a PDF'),
    );
    await expect(marked(await locked.save(), ada)).rejects.toMatchObject(refused('it is encrypted'));
    await expect(marked(await empty.save(), ada)).rejects.toMatchObject(refused('it has no pages'));
  });
});
