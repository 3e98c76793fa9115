import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The documents that the company gives to some, by the names that content gives their files; Typst source. */
const papers: Readonly<Record<string, string>> = {
  'security-whitepaper.pdf': `
#set document(title: "Security whitepaper", date: datetime(year: 2026, month: 8, day: 11))
= Security whitepaper
Larkspur Desk, Inc. #h(1fr) Version 2026.2, 11 August 2026

For readers who want more than our trust page and less than our source.

== Components
One application, written in TypeScript, answers browsers and the API. It holds no state. A worker takes jobs from a table:
mail in and out, reports, translation. One PostgreSQL server has three databases: _app_ for tickets, _vault_ for what must
never meet them, and _archive_ for what customers have deleted and may ask back for thirty days.

== Accounts of the databases
#table(columns: (auto, 1fr), [*Account*], [*What it can do*],
  [app], [Reads and writes tickets, one organization at a time: row-level security, forced for owners too],
  [reporting], [Reads views alone; no names, no addresses],
  [service], [Migrates the schema; nobody logs in with it by hand],
)

== Networks and keys
The database answers inside its network alone. Disks are encrypted by the provider; credentials of mailboxes by us, with one
key for each organization, which the vault hands out for one request at a time.

#pagebreak()
== What we would do differently today
Reports were separated by the code of the application before they were separated by the database. The archive has no
second copy in another region. Our staging system was built by hand, and still shows it.

== What this paper does not show
It is what we intend. What was looked at, when, and with which result is on the trust page, with its evidence.
`,
  'incident-runbook.pdf': `
#set document(title: "Incident runbook", date: datetime(year: 2026, month: 9, day: 18))
= Incident runbook
Larkspur Desk, Inc. #h(1fr) Version 1.6, 18 September 2026

== Who leads
Whoever is on call, until the security lead takes over in so many words. One person leads, one writes, one talks to customers.

== The first hour
+ Name it, open its channel, and note the time.
+ Contain before you explain: end sessions, turn keys, close the door that is open. Nothing is deleted.
+ Say which organizations may be concerned. Say so too when you do not know.

== Telling
Customers are told within the time that our page promises, with what we know by then. Authorities: within 72 hours.

== Afterwards
The review is written within ten days, names no culprit, and ends with what is changed and by when.
`,
};

const layout = `#set page(paper: "a4", margin: 28mm, footer: align(center, text(8pt)[Confidential · Larkspur Desk, Inc. · a made-up company]))
#set text(lang: "en", size: 10.5pt)
#set par(leading: 0.7em, spacing: 1.1em)
#set table(stroke: 0.5pt + luma(180), inset: 6pt)
#show heading: set block(above: 1.6em, below: 0.8em)
`;

/** A folder of documents that are not public. */
export type Papers = { environment: Record<string, string>; stop: () => Promise<void> };

/**
 * Prints the company’s documents into a folder of their own, which `CANDOR_GATED` names. Where the typesetter is not
 * there for this platform there are none: the demo does without.
 */
export async function printPapers(): Promise<Papers> {
  const root = await mkdtemp(join(tmpdir(), 'candor-demo-papers-'));
  const folder = join(root, 'gated');
  await mkdir(folder);
  const typst = await import('@myriaddreamin/typst-ts-node-compiler').catch(() => undefined);
  const compiler = typst?.NodeCompiler.create({ workspace: root });
  for (const [name, text] of Object.entries(papers)) {
    const made = compiler?.compile({ mainFileContent: layout + text });
    if (made?.result) await writeFile(join(folder, name), compiler?.pdf(made.result) ?? '');
  }
  return { environment: { CANDOR_GATED: folder }, stop: () => rm(root, { recursive: true, force: true }) };
}
