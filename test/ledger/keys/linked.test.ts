import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseInside } from '../../../ledger/keys/private.ts';

test('keys lie in no repository that the content is reached through', async () => {
  const root = await mkdtemp(join(tmpdir(), 'candor-linked-'));
  try {
    for (const folder of ['project/.git', 'data/.git', 'data/content', 'safe'])
      await mkdir(join(root, folder), { recursive: true });
    await symlink(join(root, 'data/content'), join(root, 'project/content'));
    await symlink(join(root, 'project'), join(root, 'safe/way-in'));
    const content = join(root, 'project/content');
    for (const file of [
      'project/keys.pem',
      'data/keys.pem',
      'safe/way-in/keys.pem',
      'safe/../project/content/keys.pem',
    ])
      expect(() => refuseInside(join(root, file), content), file).toThrow('it lies in the repository');
    expect(() => refuseInside(join(root, 'safe/keys.pem'), content)).not.toThrow();
  } finally {
    await rm(root, { recursive: true });
  }
});
