import { define, near } from './error-definition.ts';

/** The errors between the parts of content: what one refers to and another is. */
export const referenceErrors = {
  ReferenceMissing: define<{ id: string; type: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A reference to something that does not exist would be a dead link on the page.',
    example: { id: 'security-laed', type: 'role', suggestion: 'security-lead' },
    text: ({ id, type, suggestion }) => ({
      what: `there is no ${type} \`${id}\`.`,
      hint: near(suggestion, `write it, or remove the reference.`),
    }),
  }),
  SectionMissing: define<{ section: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'Claims are shown in their section; without one they would be shown nowhere.',
    example: { section: 'isolation' },
    text: ({ section, suggestion }) => ({
      what: `this folder of claims has no section \`${section}\`.`,
      hint: near(suggestion, `write content/sections/${section}.yaml with a title and an order.`),
    }),
  }),
  SectionEmpty: define<{ section: string }>({
    exit: 2,
    why: 'A chapter without a claim says nothing.',
    example: { section: 'isolation' },
    text: ({ section }) => ({
      what: `the section \`${section}\` has no claims.`,
      hint: `write a claim in content/claims/${section}/, or delete the section.`,
    }),
  }),
  ClaimsMissing: define<Record<string, never>>({
    exit: 2,
    why: 'A trust center without a claim says nothing.',
    example: {},
    text: () => ({
      what: 'there is no claim yet.',
      hint: 'write one in content/claims/<section>/<id>.mdx; the reference of content types has an example.',
    }),
  }),
  DocumentFileMissing: define<{ file: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A document that is offered must be there.',
    example: { file: 'reprot.pdf', suggestion: 'report.pdf' },
    text: ({ file, suggestion }) => ({
      what: `there is no file \`${file}\` beside this document.`,
      hint: near(suggestion, 'put it into the same folder, or remove the line.'),
    }),
  }),
  DocumentEmpty: define<{ id: string }>({
    exit: 2,
    why: 'A public document that holds nothing is a dead link.',
    example: { id: 'privacy-policy' },
    text: ({ id }) => ({
      what: `the public document \`${id}\` has no text, no \`file\` and no \`url\`.`,
      hint: 'write its text below the front matter, or say where it is; or set `access: on-request`.',
    }),
  }),
  ClaimCycle: define<{ path: string[] }>({
    exit: 2,
    why: 'A claim that rests on itself rests on nothing.',
    example: { path: ['a', 'b', 'a'] },
    text: ({ path }) => ({
      what: `this roll-up goes round in a circle: ${path.join(' → ')}.`,
      hint: 'remove one of these references.',
    }),
  }),
  ClaimPlanMissing: define<{ status: string }>({
    exit: 2,
    why: 'What is planned without a plan is a promise that nobody can hold you to.',
    example: { status: 'planned' },
    text: ({ status }) => ({
      what: `the claim is ${status} but names no roadmap item.`,
      hint: 'add `roadmap: <id>`, or say not-available.',
    }),
  }),
  EvidenceUnknownSource: define<{ source: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A claim can only rest on a system that is declared, so that the reader can see which one it is.',
    example: { source: 'app-bd' },
    text: ({ source, suggestion }) => ({
      what: `\`${source}\` is not a declared source.`,
      hint: near(suggestion, `declare it in content/sources/${source}.yaml.`),
    }),
  }),
  EvidenceUnknownCollector: define<{ collector: string; suggestion?: string | undefined }>({
    exit: 2,
    why: 'Evidence is made by a collector; one that does not exist makes none.',
    example: { collector: 'postgres-row-securty', suggestion: 'postgres-row-security' },
    text: ({ collector, suggestion }) => ({
      what: `\`${collector}\` is not a collector.`,
      hint: near(suggestion, '`candor docs` lists all collectors.'),
    }),
  }),
  EvidenceNotCollected: define<{ source: string; collector: string }>({
    exit: 2,
    why: 'A check that is never run leaves its claim unknown for ever.',
    example: { source: 'app-db', collector: 'postgres-row-security' },
    text: ({ source, collector }) => ({
      what: `the source \`${source}\` does not collect \`${collector}\`.`,
      hint: `add \`${collector}: {}\` under collect in content/sources/${source}.yaml.`,
    }),
  }),
  EvidenceUnknownCheck: define<{ check: string; collector: string; count: number; suggestion?: string | undefined }>({
    exit: 2,
    why: 'A claim that cites a check which does not exist could never be shown to hold.',
    example: {
      check: 'no-cross-tenant-reads',
      collector: 'postgres-row-security',
      count: 9,
      suggestion: 'no-cross-tenant-read',
    },
    text: ({ check, collector, count, suggestion }) => ({
      what: `\`${check}\` is not a check of ${collector}.`,
      hint: `${suggestion === undefined ? '' : `did you mean \`${suggestion}\`? `}\`candor docs ${collector}\` lists all ${count}.`,
    }),
  }),
  ExceptionUncited: define<{ check: string }>({
    exit: 2,
    why: 'An accepted deviation stays visible; where no claim rests on the check, it would be shown nowhere.',
    example: { check: 'app-db/postgres-row-security#no-cross-tenant-read' },
    text: ({ check }) => ({
      what: `no claim cites \`${check}\`, so this exception covers nothing.`,
      hint: 'cite the check under `evidence` of the claim that it is about, or delete the exception.',
    }),
  }),
  SourceKindMismatch: define<{ collector: string; needs: string; kind: string }>({
    exit: 2,
    why: 'A collector reads one kind of source.',
    example: { collector: 'postgres-row-security', needs: 'postgres', kind: 'http' },
    text: ({ collector, needs, kind }) => ({
      what: `\`${collector}\` reads a source of kind ${needs}; this one is ${kind}.`,
      hint: `move it to a source of kind ${needs}.`,
    }),
  }),
};
