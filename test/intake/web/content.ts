import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const repository = join(import.meta.dirname, '..', '..', '..');

/** The smallest company whose agreement can be offered: one claim, one statement that shows it, one text. */
export const files: Readonly<Record<string, string>> = {
  'organization.yaml': `name: Fern
legalName: Fern GmbH
product: Fern
summary: A small company.
url: https://fern.swiss
trustUrl: https://trust.fern.swiss
country: CH
timeZone: Europe/Zurich
contacts: { security: security@fern.swiss, privacy: privacy@fern.swiss }
`,
  'intake.yaml': `url: https://trust.fern.swiss
sender: trust@fern.swiss
template: agreement
approval: automatic
clocks:
  - { id: request-answered, title: A request is answered, starts: receipt, within: 48h, counts: calendar }
`,
  'roles/security-lead.yaml': `title: Security lead
kind: company
description: Answers for security.
holders: 1
`,
  'sections/encryption.yaml': `title: Encryption
order: 1
summary: What is encrypted.
`,
  'claims/encryption/disks.mdx': `---
title: Disks are encrypted
status: in-place
attestations: [disks]
---
`,
  'attestations/disks.yaml': `statement: Every disk is encrypted.
by: { kind: role, role: security-lead }
statedOn: 2026-11-01
expiresOn: 2099-12-31
`,
  'documents/agreement.md': `---
title: Data processing agreement
kind: dpa
version: "1.0"
access: public
owner: security-lead
publishedOn: 2026-11-01
agreement: { measures: [disks] }
---

This agreement governs the personal data that Fern GmbH processes for {{customer.name}}.
`,
};

/** Writes the company into a folder, with changes; what is undefined is left out. */
export async function writeCompany(folder: string, changes: Record<string, string | undefined> = {}): Promise<void> {
  for (const [name, text] of Object.entries({ ...files, ...changes })) {
    if (text === undefined) continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** The repository, whose site the forms are built from. */
export const root = repository;
