/** What is written to a reporter whose message nobody here can open. */
export const ASK_AGAIN = `We cannot open what you sent: it is damaged, or encrypted to a key that we no longer have.

Please send it once more. The page of your receipt code encrypts it to our keys of today.`;
