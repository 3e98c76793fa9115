import { wayIn } from '../intake/lifecycle/take-in.ts';
import { receive } from '../intake/requests/receive.ts';
import { form, policy } from '../test/intake/requests/forms.ts';
import { race } from './race.ts';

// Prints how many requests a second are durably received (the request, its first transition, its letter, three secrets:
// one statement), beside bare INSERTs of one row with the same text.
const terms = policy();
const sent = form({ needs: ['dpa', 'scc-module-two'] });
const head = { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' };
const text = JSON.stringify(sent);

await race('intake, requests', Number(process.argv[2] ?? 10_000), async ({ store, pool }) => {
  await pool.query('create table bare (id bigint generated always as identity primary key, data jsonb not null)');
  const takeIn = wayIn(store.db);
  return {
    bare: () => pool.query('insert into bare (data) values ($1)', [text]),
    name: 'receive',
    ours: () => receive(takeIn, terms, head, sent, new Date()),
  };
});
