import { describe, expect, test } from 'vitest';
import { holdReasons, isFreeMail, sameCompany } from '../../../intake/requests/rules.ts';
import { type IntakePolicy, RequestForm } from '../../../schemas/index.ts';
import { form, policy } from './forms.ts';

const whole = { hindrances: [] };
const broken = { hindrances: [{ claim: 'rows-are-scoped', state: 'failing', reason: 'A check fails.' }] };

describe('the rules that decide whether a person must look', () => {
  test('a company that writes from its own domain is let through', () => {
    expect(holdReasons(form(), policy(), whole)).toEqual([]);
  });

  test.each<[string, RequestForm, IntakePolicy, Parameters<typeof holdReasons>[2], string[]]>([
    ['approval is by hand', form(), policy({ approval: 'by-hand' }), whole, ['by-hand']],
    ['an address of a free provider', form({ email: 'ada@gmail.com' }), policy(), whole, ['free-mail', 'other-domain']],
    ['an address of another company', form({ email: 'ada@other.swiss' }), policy(), whole, ['other-domain']],
    ['a country on the list', form(), policy({ hold: { jurisdictions: ['CH'] } }), whole, ['jurisdiction']],
    ['a question', form({ needs: ['question'], message: 'Where?' }), policy(), undefined, ['needs-a-person']],
    ['a deletion beside the DPA', form({ needs: ['dpa', 'deletion'] }), policy(), whole, ['needs-a-person']],
    ['a message that somebody should read', form({ message: 'Urgent.' }), policy(), whole, ['needs-a-person']],
    ['nobody who signs', form({ signatory: undefined }), policy(), whole, ['needs-a-person']],
    ['a measure that does not hold just now', form(), policy(), broken, ['measures']],
    ['a page without a template', form(), policy(), 'no-template', ['no-template']],
    ['a server without a seal', form(), policy(), 'no-seal', ['no-seal']],
    ['evidence of a demonstration', form(), policy(), 'demonstration', ['demonstration']],
  ])('%s: held', (_, filled, rules, draft, reasons) => {
    expect(holdReasons(filled, rules, draft)).toEqual(reasons);
  });

  test.each([
    [
      'needs that an offer answers',
      form({ needs: ['dpa', 'scc-module-two', 'uk-addendum', 'swiss-addendum'] }),
      policy(),
    ],
    [
      'a free provider, where the policy minds none',
      form({ email: 'ada@gmail.com' }),
      policy({ hold: { freeMail: false, otherDomain: false } }),
    ],
    ['a subdomain of the company', form({ email: 'ada@mail.quill.swiss' }), policy()],
    ['the company’s site behind www', form({ website: 'https://www.quill.swiss/about' }), policy()],
  ])('%s: let through', (_, filled, rules) => {
    expect(holdReasons(filled, rules, whole)).toEqual([]);
  });

  test.each([
    ['ada@quill.co.uk', 'https://other.co.uk', false],
    ['ada@quill.co.uk', 'https://www.quill.co.uk', true],
    // Two customers of one host are not one company.
    ['ada@quill.github.io', 'https://other.github.io', false],
    ['ada@quill.swiss.evil.swiss', 'https://quill.swiss', false],
    ['ada@quillxswiss.com', 'https://quill.swiss', false],
    ['ada@QUILL.Swiss', 'https://quill.swiss', true],
    ['ada@co.uk', 'https://co.uk', false],
    ['ada@192.0.2.1', 'https://192.0.2.1', false],
  ])('%s and %s: same company is %s', (email, website, same) => {
    expect(sameCompany(email, website)).toBe(same);
  });

  test.each([
    'a@gmail.com',
    'a@GMAIL.com',
    'a@googlemail.com',
    'a@proton.me',
    'a@gmx.de',
    'a@outlook.com',
    'a@qq.com',
    'a@bluewin.ch',
  ])('%s is an address that anybody can have', (email) => expect(isFreeMail(email)).toBe(true));
  test.each(['a@quill.swiss', 'a@google.com', 'a@gmail.com.quill.swiss'])('%s is not', (email) =>
    expect(isFreeMail(email)).toBe(false),
  );
});

describe('what a visitor fills in', () => {
  test('is kept as it was typed, but for spaces around it and the form of its letters', () => {
    expect(form({ company: '  Zu\u0308rich AG ' }).company).toBe('Zürich AG');
    expect(form({ message: 'One\r\nTwo' }).message).toBe('One\nTwo');
    expect(form({ company: '<b>{{x}}</b> \\$#@ שלום 🦉' }).company).toBe('<b>{{x}}</b> \\$#@ שלום 🦉');
  });

  test.each<[string, Record<string, unknown>]>([
    ['a second line in a name', { company: 'Quill\nBcc: all@quill.swiss' }],
    ['a null byte', { signatory: 'Ada\u0000' }],
    ['a line separator', { company: 'Quill\u2028Ltd' }],
    ['a text that is turned around', { company: 'Quill \u202edtL' }],
    ['a control character in a message', { message: 'a\u001bb' }],
    ['ten megabytes', { company: 'a'.repeat(10_000_000) }],
    ['only spaces', { company: '   ' }],
    ['no need', { needs: [] }],
    ['an unknown need', { needs: ['money'] }],
    ['a field that no form has', { state: 'sealed' }],
    ['a script for a site', { website: 'javascript:alert(1)' }],
    ['a null byte in a site', { website: 'https://quill.swiss/\u0000' }],
    ['what clears a terminal in a site', { website: 'https://quill.swiss/\u001b[2J' }],
    ['a site behind the name of another', { website: 'https://larkspur.swiss@quill.swiss' }],
    ['an address with a line break', { email: 'ada@quill.swiss\r\nBcc: x@y.ch' }],
    ['two addresses', { email: 'ada@quill.swiss, eve@evil.swiss' }],
    ['a document that is not named', { needs: ['document'] }],
    ['a question that is not asked', { needs: ['question'] }],
  ])('%s is refused', (_, changes) => {
    const fields = { ...form(), ...changes };
    expect(RequestForm.safeParse(fields).success).toBe(false);
  });
});
