import { define } from './error-definition.ts';

const MIB = 1024 ** 2;

/** The errors of gated documents: their files, the agreement on secrecy, and grants. */
export const grantErrors = {
  GatedFileExposed: define<{ file: string; place: string }>({
    exit: 2,
    why: 'What is given to some must not lie where it is published for all.',
    example: { file: 'security-whitepaper.pdf', place: 'public/' },
    text: ({ file, place }) => ({
      what: `\`${file}\` is not for everybody, and lies in ${place}.`,
      hint: 'move it to the folder `gated` beside the content, or to the one that CANDOR_GATED names; if it was published, count it as public.',
    }),
  }),
  GatedFileMissing: define<{ file: string; folder: string }>({
    exit: 2,
    why: 'A document that is granted must be there.',
    example: { file: 'security-whitepaper.pdf', folder: 'gated' },
    text: ({ file, folder }) => ({
      what: `there is no file \`${file}\` in the folder \`${folder}\`.`,
      hint: 'put it there, a file name without folders, or point CANDOR_GATED at the folder; `candor start` makes those of the demo.',
    }),
  }),
  GatedFileTooLarge: define<{ file: string; bytes: number; most: number }>({
    exit: 2,
    why: 'Each copy is made for one recipient, in memory.',
    example: { file: 'pentest.pdf', bytes: 80_000_000, most: 64 * MIB },
    text: ({ file, bytes, most }) => ({
      what: `\`${file}\` has ${Math.ceil(bytes / MIB)} MiB; ${most / MIB} is the most.`,
      hint: 'reduce its pictures, or split it into several documents.',
    }),
  }),
  GatedFileUnreadable: define<{ file: string; problem: string }>({
    exit: 2,
    why: 'Every page of a copy carries its recipient, so the file must be a PDF that can be written on.',
    example: { file: 'security-whitepaper.pdf', problem: 'it is encrypted' },
    text: ({ file, problem }) => ({
      what: `\`${file}\` cannot be given to anybody: ${problem}.`,
      hint: 'save it again as a PDF without a password, and look at it.',
    }),
  }),
  NdaMissing: define<{ id: string }>({
    exit: 2,
    why: 'Whoever wants this document must agree to a text, and there is none.',
    example: { id: 'incident-runbook' },
    text: ({ id }) => ({
      what: `\`${id}\` is given under an agreement on secrecy, and content/intake.yaml names none.`,
      hint: 'add `documents: { nda: <id> }` there, the id of a document of kind terms.',
    }),
  }),
  NdaUnfit: define<{ id: string; problem: string }>({
    exit: 2,
    why: 'It must be clear to the letter what somebody agreed to.',
    example: { id: 'mutual-secrecy', problem: 'its kind is policy' },
    text: ({ id, problem }) => ({
      what: `\`${id}\` cannot be agreed to: ${problem}.`,
      hint: 'name a public document of kind terms whose text stands in its own file, without variables.',
    }),
  }),
  GrantRefused: define<{ problem: string }>({
    exit: 1,
    why: 'A grant that opens nothing, or that nobody asked for, would be a promise in the wrong place.',
    example: { problem: 'privacy-policy is public' },
    text: ({ problem }) => ({
      what: `this is not granted: ${problem}.`,
      hint: 'look at the request and at the document; `access` and `file` say who may have it.',
    }),
  }),
} as const;
