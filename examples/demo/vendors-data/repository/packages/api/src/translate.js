const { LEXIBRIDGE_API_KEY: key } = process.env;

/** Translates a message, for organizations that have switched translation on. */
export async function translate(text, language) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ text, language });
  const answer = await fetch('https://api.lexibridge.example/v1/translations', { method: 'POST', headers, body });
  return (await answer.json()).text;
}
