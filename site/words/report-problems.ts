import type { MessageAnswer } from '../../intake/reports/message.ts';

type Problem = Extract<MessageAnswer, { problems: object }>['problems'][string];

/** What is wrong with a report that nobody here can read, for whoever sent it. */
export const reportProblemWords: Record<Problem, string> = {
  missing: 'is needed: paste it, or choose its file',
  twice: 'came twice: paste it or choose its file, not both',
  incomplete: 'is not whole',
  'not-age': 'is not an age file, or a part of it is missing',
  'classical-recipients': 'is encrypted to classical keys alone: encrypt it to the keys below, with age 1.3 or newer',
  'mixed-recipients': 'is encrypted to other keys too: encrypt it to the keys below alone',
  'too-few-recipients': 'is encrypted to fewer keys than we have: encrypt it to all of the keys below',
  'stale-keys': 'may be encrypted to keys that we have replaced: encrypt it to the keys below, and send it again',
  'no-recipient': 'is no post-quantum age recipient: it begins with age1pq1',
  paused: 'must be so: only critical reports are taken in just now',
};
