/** The full stop after a text that we did not write; empty after one that ends a sentence itself: `Larkspur Desk, Inc.` */
export function stopAfter(text: string): '.' | '' {
  return /[.!?…]$/.test(text) ? '' : '.';
}
