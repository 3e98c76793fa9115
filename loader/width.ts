const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Regional_Indicator}|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])/u;

/** One grapheme as it is shown: its text, its width in terminal cells, and where it begins in the line it came from. */
export type Cell = { text: string; width: 0 | 1 | 2; offset: number };

/**
 * Cuts a line into what a terminal shows. Tabs become two spaces; control and direction characters, which could
 * change what a reader sees, become a dot.
 */
export function cells(line: string): Cell[] {
  return Array.from(graphemes.segment(line), ({ segment, index }) => {
    if (segment === '\t') return { text: '  ', width: 2, offset: index };
    if (/^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\u202A-\u202E\u2066-\u2069]/u.test(segment)) {
      return { text: '·', width: 1, offset: index };
    }
    if (/^\p{M}/u.test(segment)) return { text: segment, width: 0, offset: index };
    return { text: segment, width: wide.test(segment) ? 2 : 1, offset: index };
  });
}

/** The cells that something takes in a terminal. */
export function widthOf(shown: readonly Cell[]): number {
  return shown.reduce((sum, cell) => sum + cell.width, 0);
}

/** A text as one line in which nothing can move the cursor or change the direction of reading. */
export function visible(text: string): string {
  return cells(text)
    .map((cell) => cell.text)
    .join('');
}
