/** What an error says besides its name. */
export type ErrorText = {
  /** What happened, in one sentence with the names in it. */
  what: string;
  /** What to do next. */
  hint: string;
};

/**
 * One error that a person can meet. `why` is the rule behind it and is printed in the reference, together with the text
 * for `example`; `exit` is the exit code: 1 what was asked does not hold, 2 wrong usage or content, 3 could not finish.
 */
export type ErrorDefinition<P> = { exit: 1 | 2 | 3; why: string; example: P; text: (parameters: P) => ErrorText };

/** Defines one error; its parameters are those of its example. */
export function define<P>(definition: ErrorDefinition<P>): ErrorDefinition<P> {
  return definition;
}

/** The end of a hint: the name that was probably meant, where there is one. */
export function near(suggestion: string | undefined, otherwise: string): string {
  return suggestion === undefined ? otherwise : `did you mean \`${suggestion}\`?`;
}
