/** What a visitor is told when a form is not taken: a status of HTTP (RFC 9110), a heading, and what to do. */
export type RefusalText = { status: 400 | 403 | 404 | 408 | 413 | 415 | 429 | 503; title: string; text: string };

/** Every refusal that is not about a field. Nothing of what was sent is repeated in one. */
export const refusals = {
  foreign: {
    status: 403,
    title: 'This did not come from our form',
    text: 'Your browser says that another site sent it. Open the form here and send it again.',
  },
  'no-token': {
    status: 403,
    title: 'This form is too old, or cookies are off',
    text: 'Nothing was sent. Open the form again and send it once more; it needs one cookie, which is deleted when you close the browser.',
  },
  'not-a-form': {
    status: 415,
    title: 'This is not a form',
    text: 'Forms are sent as application/x-www-form-urlencoded in UTF-8, those with files as multipart/form-data.',
  },
  'too-large': {
    status: 413,
    title: 'This is too large',
    text: 'Nothing of it was kept. Shorten what you wrote, or send us a letter.',
  },
  'too-many': {
    status: 429,
    title: 'Too many at once',
    text: 'Many forms came from your network just now. Wait ten minutes and send it again.',
  },
  'too-many-plain': {
    status: 429,
    title: 'Too many reports came this way',
    text: 'Nothing was taken in. Ways in that need no JavaScript take few reports an hour, so that they stay open. The form with JavaScript takes more; or try again in an hour, or write to us.',
  },
  'too-many-answers': {
    status: 429,
    title: 'Many messages came in this case just now',
    text: 'Nothing was taken in. A case takes twelve an hour: put what is left into one, and send it later.',
  },
  'too-slow': {
    status: 408,
    title: 'Nothing came for a while',
    text: 'Nothing was taken in. Send it again, over a better connection if you can.',
  },
  'no-keys': {
    status: 503,
    title: 'Reports cannot be taken in here just now',
    text: 'Nothing was taken in. We keep reports encrypted or not at all, and no keys are declared. Write to us.',
  },
  paused: {
    status: 503,
    title: 'Only critical reports are taken in just now',
    text: 'Nothing was taken in. Is it critical? Then say so in the form and send it again.',
  },
  busy: {
    status: 503,
    title: 'Many are sending just now',
    text: 'Nothing was taken in. Send it again in a minute.',
  },
  unknown: {
    status: 404,
    title: 'There is nothing here',
    text: 'The address is wrong, was used already, or is too old. Look for a newer letter from us, or begin again.',
  },
  unavailable: {
    status: 503,
    title: 'This does not work just now',
    text: 'Nothing was taken in. Try again in a few minutes, or write to us.',
  },
} as const satisfies Record<string, RefusalText>;

/** The name of a refusal. */
export type RefusalName = keyof typeof refusals;

/** Ends a request: the middleware of the forms answers with the page of that name. */
export class Refusal extends Error {
  readonly refused: RefusalName;
  constructor(refused: RefusalName) {
    super(refusals[refused].title);
    this.name = 'Refusal';
    this.refused = refused;
  }
}
