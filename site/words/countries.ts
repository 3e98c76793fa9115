/** Reserved in ISO 3166-1 for other purposes than countries, though they have names. */
const reserved = /^(AC|CP|CQ|DG|EA|EU|EZ|IC|QO|TA|UN|XA|XB|ZZ)$/;

/** The countries of ISO 3166-1 by their names in English, in alphabetical order. */
export function countryNames(): { code: string; name: string }[] {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .flatMap((code) => {
      const name = names.of(code);
      // A code that was withdrawn has a successor: `und-SU` is `und-RU`.
      const isWithdrawn = new Intl.Locale(`und-${code}`).region !== code;
      return name === undefined || isWithdrawn || reserved.test(code) ? [] : [{ code, name }];
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
