import { expect, test } from 'vitest';
import { DisclosurePolicy } from '../../schemas/index.ts';
import { securityTxt } from '../../site/sections/security-txt.ts';

test('security.txt has the fields of RFC 9116, contacts in order and one expiry', () => {
  const policy = DisclosurePolicy.parse({
    contacts: ['security@larkspur.example', 'https://larkspur.example/report'],
    expiresOn: '2027-06-30',
    languages: ['en', 'de'],
    scope: ['the product'],
    safeHarbor: 'We do not sue.',
    clocks: [{ id: 'ack', title: 'Acknowledged', starts: 'receipt', within: '48h', counts: 'calendar' }],
    credit: 'opt-in',
    bounty: { kind: 'none' },
    encryption: ['https://larkspur.example/key.asc'],
  });
  expect(securityTxt(policy, 'https://trust.larkspur.example/')).toMatchInlineSnapshot(`
    "Contact: mailto:security@larkspur.example
    Contact: https://larkspur.example/report
    Expires: 2027-06-30T23:59:59Z
    Encryption: https://larkspur.example/key.asc
    Preferred-Languages: en, de
    Canonical: https://trust.larkspur.example/.well-known/security.txt
    Policy: https://trust.larkspur.example/disclosure/
    "
  `);
  const has = { thanks: true, advisories: true };
  expect(securityTxt(policy, 'https://trust.larkspur.example/', has).split('\n').slice(-3)).toEqual([
    'Acknowledgments: https://trust.larkspur.example/disclosure/thanks/',
    'CSAF: https://trust.larkspur.example/.well-known/csaf/provider-metadata.json',
    '',
  ]);
});
