import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryRepositories } from '../../../collectors/github-repositories/doctor.ts';
import type { GitHubServer } from '../../../examples/github/server.ts';
import { quickClient, startGoodCompany, tokenWithout } from './harness.ts';

let server: GitHubServer;
beforeEach(async () => {
  server = await startGoodCompany();
});
afterEach(() => server.stop());

const scope = { organization: 'acme', except: {}, publishNames: [] };
const found = async (token?: string) =>
  (await tryRepositories(quickClient(server, token), scope, true)).map(({ level, message }) => `${level}: ${message}`);

test('doctor: all repositories can be read, not all are told of, or not how they are set up', async () => {
  expect(await found()).toEqual(['ok: All 3 repositories can be read.']);
  expect(await found(tokenWithout(server, 'owner'))).toEqual([
    'missing: 3 of 3 repositories can be read: GitHub does not tell this token how many private repositories there are.',
  ]);
  expect(await found(tokenWithout(server, 'administration'))).toEqual([
    'missing: The token may not see how 3 of 3 repositories are set up.',
  ]);
});
