import { hash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { buildReportScript } from '../../site/report-script.ts';

test('the script that encrypts reports is small, the same whenever it is built, and asks nobody but this server', async () => {
  const [{ code, digest }, again] = [await buildReportScript(), await buildReportScript()];
  expect(digest).toBe(hash('sha256', code));
  expect(again.digest).toBe(digest);
  const sizes = { gzip: gzipSync(code, { level: 9 }).length, brotli: brotliCompressSync(code).length };
  expect(sizes.gzip, JSON.stringify(sizes)).toBeLessThanOrEqual(60_000);
  expect(sizes.brotli, JSON.stringify(sizes)).toBeLessThanOrEqual(60_000);
  // Nothing of the machine that built it, and no code made of text, which no strict policy allows.
  expect(code).not.toContain(process.cwd());
  expect(code).not.toMatch(/\beval\(|new Function\(|importScripts\(/);
});
