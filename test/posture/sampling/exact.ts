/** C(n, k), exactly, by Pascal’s rule of multiplication: another way than the code under test takes. */
export function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let ways = 1n;
  for (let i = 1; i <= k; i += 1) ways = (ways * BigInt(n - k + i)) / BigInt(i);
  return ways;
}

/** Whether at most k deviations in a sample of n, out of N items with D deviations, are likelier than `risk` percent. */
export function isLikelier(risk: number, n: number, k: number, D: number, N: number): boolean {
  let ways = 0n;
  for (let i = 0; i <= k; i += 1) ways += choose(D, i) * choose(N - D, n - i);
  return ways * 100n > BigInt(risk) * choose(N, n);
}
