import { expect, test } from 'vitest';
import { resolveConnection } from '../../collectors/connection.ts';

const environment = { CANDOR_KEYS: '-----BEGIN', CANDOR_KEYS_FILE: '/home/me/keys.pem', API_TOKEN: 'secret-token' };

test.each(['CANDOR_KEYS', 'CANDOR_KEYS_FILE'])('no source is sent what signs the log: %s', (name) => {
  expect(() => resolveConnection('app-db', { url: `$${name}` }, environment)).toThrow(name);
});

test('what a source names is looked up', () => {
  expect(resolveConnection('app-db', { token: '$API_TOKEN' }, environment).values).toEqual({ token: 'secret-token' });
});
