import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCompany, run } from './company.ts';

test('files of documents that are not public are no error where their folder is not, and are said to be unseen', async () => {
  const root = await makeCompany();
  try {
    await mkdir(join(root, 'content', 'documents'), { recursive: true });
    await mkdir(join(root, 'content', 'roles'), { recursive: true });
    const role = 'title: Lead\nkind: company\ndescription: Answers for it.\nholders: 1\n';
    await writeFile(join(root, 'content', 'roles', 'lead.yaml'), role);
    const fields =
      'title: Paper\nkind: whitepaper\nversion: "1"\naccess: on-request\nowner: lead\npublishedOn: 2026-11-01\n';
    await writeFile(join(root, 'content', 'documents', 'paper.md'), `---\n${fields}file: paper.pdf\n---\n`);
    const environment = { CANDOR_GATED: join(root, 'nowhere') };
    expect(await run(root, ['check'], { environment })).toMatchObject({
      code: 0,
      out: 'The content is valid.\n',
      err: 'Not looked at: 1 gated file, whose folder is not on this machine.\n',
    });
    const here = { CANDOR_GATED: root };
    const { code, err } = await run(root, ['check'], { environment: here });
    expect(code).toBe(1);
    expect(err).toContain('error GatedFileMissing: there is no file `paper.pdf`');
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
