/** What the fonts that every reader of PDF has can show: windows-1252, without what shows as nothing. */
const known: ReadonlySet<string> = new Set(
  [...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 224 }, (_, index) => index + 32))].filter(
    (sign) => !/[\p{Cc}\u00a0\u00ad]/u.test(sign),
  ),
);

/**
 * One line of at most `most` characters that those fonts can show. What they cannot is replaced by its code point,
 * `‹U+682A›`, so that nothing is lost unseen; where the end is left out there is `…`.
 */
export function shown(text: string, most: number): string {
  const signs = [...text.normalize('NFC')].map((sign) => (known.has(sign) ? sign : named(sign)));
  const whole = signs.join('');
  if (whole.length <= most) return whole;
  let line = '';
  for (const sign of signs) {
    if (line.length + sign.length >= most) break;
    line += sign;
  }
  return `${line}…`;
}

function named(sign: string): string {
  return `‹U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}
