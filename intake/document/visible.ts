/**
 * Controls, and what turns the direction of writing (UAX #9) or hides: they would make a text look like another. And what means
 * nothing to anybody else, private use and noncharacters, which PDF/A refuses.
 */
const UNSEEN =
  /[\p{Cc}\p{Co}\p{Cs}\p{NChar}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** A text that shows what cannot be seen as its code point, `‹U+202E›`; line breaks stay. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (sign) => (sign === '\n' ? sign : named(sign)));
}

/** A value whose texts are such. Keys are ours. */
export function visible(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, visible(part)]));
}

function named(sign: string): string {
  return `‹U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}
