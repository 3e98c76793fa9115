import { define } from './error-definition.ts';

/** The errors of notices to those who signed, and of objections. */
export const noticeErrors = {
  NoticeRefused: define<{ id: string; problem: string }>({
    exit: 1,
    why: 'A notice starts clocks that bind both sides, so nobody gets a second one beside the first, or one about nothing.',
    example: { id: 'notice-4f1s9k2m7p3q8r5t', problem: 'its letter was delivered' },
    text: ({ id, problem }) => ({
      what: `\`${id}\` cannot be sent again: ${problem}.`,
      hint: 'look at how its letters stand; only a notice whose letters all failed is sent again.',
    }),
  }),
  ObjectionUnknown: define<{ id: string }>({
    exit: 1,
    why: 'What is settled must have been received.',
    example: { id: 'objection-4f1s9k2m7p3q8r5t' },
    text: ({ id }) => ({
      what: `there is no objection \`${id}\`.`,
      hint: 'look at the list of objections to the change.',
    }),
  }),
} as const;
