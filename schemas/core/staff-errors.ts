import { define } from './error-definition.ts';

/** The errors of the staff side of intake. */
export const staffErrors = {
  StaffTaken: define<{ id: string }>({
    exit: 1,
    why: 'An id means one person for ever: the staff log names people by it, those who have left too.',
    example: { id: 'ada' },
    text: ({ id }) => ({
      what: `there is, or was, an account \`${id}\`.`,
      hint: 'choose another id; `candor inbox reset` gives an account a new key.',
    }),
  }),
  StaffUnknown: define<{ id: string }>({
    exit: 1,
    why: 'Whoever acts is written down, so it must be somebody who has an account now.',
    example: { id: 'adda' },
    text: ({ id }) => ({ what: `there is no account \`${id}\`.`, hint: '`candor inbox accounts` lists them.' }),
  }),
  StaffNotNamed: define<Record<string, never>>({
    exit: 2,
    why: 'Only the first administrator is made by nobody; everything else names who did it.',
    example: {},
    text: () => ({
      what: 'it is not said who acts.',
      hint: 'name your account with --as; without any administrator, `candor inbox add ID --role administrator` makes one.',
    }),
  }),
  StaffNotAllowed: define<{ id: string; role: string; action: string }>({
    exit: 1,
    why: 'Who answers requests does not make accounts, and who makes accounts does not answer requests.',
    example: { id: 'ada', role: 'viewer', action: 'approve' },
    text: ({ id, role, action }) => ({
      what: `\`${id}\` is ${role}, and may not ${action}.`,
      hint: 'ask somebody whose role may; the attempt is in the staff log.',
    }),
  }),
  StaffOwnRequest: define<{ id: string; request: string }>({
    exit: 1,
    why: 'Nobody decides in their own favour.',
    example: { id: 'ada', request: 'dpa-request-4f1s9k2m' },
    text: ({ id, request }) => ({
      what: `\`${request}\` was made from the address of \`${id}\`, who therefore cannot decide it.`,
      hint: 'ask another responder.',
    }),
  }),
  StaffLogBroken: define<{ problem: string }>({
    exit: 1,
    why: 'What members of staff did is never rewritten; a log that does not prove itself was changed from outside.',
    example: { problem: 'entry 7 was changed' },
    text: ({ problem }) => ({
      what: `the staff log does not hold: ${problem}.`,
      hint: 'keep the database as it is, compare it with a backup, and find out who can write to it.',
    }),
  }),
  RequestUnknown: define<{ id: string }>({
    exit: 1,
    why: 'Only a request that is there can be looked at or decided.',
    example: { id: 'dpa-request-4f1s9k2m' },
    text: ({ id }) => ({ what: `there is no request \`${id}\`.`, hint: '`candor inbox` lists those that wait.' }),
  }),
  RequestEmptied: define<{ id: string }>({
    exit: 1,
    why: 'Whose personal data was deleted cannot be written to.',
    example: { id: 'dpa-request-4f1s9k2m' },
    text: ({ id }) => ({
      what: `the personal data of \`${id}\` has been deleted, so nobody can be answered.`,
      hint: 'ask the person to make a new request.',
    }),
  }),
  RequestChanged: define<{ id: string; state: string }>({
    exit: 1,
    why: 'What is decided is what was looked at; and a form that is sent twice writes one letter.',
    example: { id: 'dpa-request-4f1s9k2m', state: 'declined' },
    text: ({ id, state }) => ({
      what: `\`${id}\` has changed since you looked at it: it is ${state} now.`,
      hint: 'look at it again; nothing was changed by you just now.',
    }),
  }),
  IntakeMissing: define<{ folder: string }>({
    exit: 2,
    why: 'How requests are answered is declared; without that nothing is decided.',
    example: { folder: 'content' },
    text: ({ folder }) => ({
      what: `there is no valid \`intake.yaml\` in ${folder}.`,
      hint: '`candor check` tells what is wrong with the content.',
    }),
  }),
  MeasuresFail: define<{ claims: readonly string[] }>({
    exit: 1,
    why: 'A promise that does not hold just now is made by a person who says why, or not at all.',
    example: { claims: ['rows-are-scoped'] },
    text: ({ claims }) => ({
      what: `these claims of the agreement do not hold just now: ${claims.join(', ')}.`,
      hint: 'mend them and collect again, or approve with a reason, which is kept.',
    }),
  }),
} as const;
