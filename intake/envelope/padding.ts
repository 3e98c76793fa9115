/** The least that anything weighs, in bytes: a few lines and a page of text look the same from outside. */
const FLOOR = 64 * 1024;

/**
 * The size to which so many bytes are padded: Padmé’s rule (Nikitin and others, “Reducing Metadata Leakage from Encrypted
 * Files”, 2019, 4.3), under which at most 12 % is added, and a size tells O(log log n) bits.
 */
export function paddedSize(bytes: number): number {
  if (bytes <= FLOOR) return FLOOR;
  const exponent = Math.floor(Math.log2(bytes));
  const step = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(bytes / step) * step;
}
