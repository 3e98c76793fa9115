import { isSemver, type Version } from '../schemas/index.ts';

/**
 * Below zero when `a` is before `b`, above zero when it is after; undefined when they cannot be put in order, because
 * one is a date and the other is not. SemVer by its own rules (2.0.0, section 11), numbers with dots number by number.
 */
export function compareVersions(a: Version, b: Version): number | undefined {
  if (a === '0' || b === '0') return Number(a !== '0') - Number(b !== '0');
  if (isDate(a) !== isDate(b)) return undefined;
  if (isDate(a)) return Math.sign(Number(a > b) - Number(a < b));
  const [left, right] = [partsOf(a), partsOf(b)];
  return inOrder(left.numbers, right.numbers) || beforeRelease(left.before, right.before);
}

const isDate = (version: Version) => /^\d{4}-\d{2}-\d{2}$/.test(version) && !isSemver(version);

function partsOf(version: Version) {
  const [core = '', ...before] = version.replace(/\+.*$/, '').split('-');
  return { numbers: core.split('.').map(Number), before: before.length === 0 ? [] : before.join('-').split('.') };
}

function inOrder(a: readonly number[], b: readonly number[]): number {
  const at = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => (a[index] ?? 0) - (b[index] ?? 0));
  return at.find((difference) => difference !== 0) ?? 0;
}

/** Without one it is the release, which is after them all; numbers are before words; fewer are before more. */
function beforeRelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    if (left === right) continue;
    const numbers = [left, right].map((word) => (/^\d+$/.test(word) ? Number(word) : undefined));
    const [first, second] = numbers;
    if (first !== undefined && second !== undefined) return first - second;
    if (first !== undefined || second !== undefined) return first === undefined ? 1 : -1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
