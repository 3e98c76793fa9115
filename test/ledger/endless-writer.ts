/** Writes records in a row until it is killed; says so after the first. For store.test.ts. */
import { writeRecord } from '../../ledger/records/store.ts';
import { record } from './records.ts';

const folder = process.argv[2] ?? '';
for (let round = 1; ; round += 1) {
  await writeRecord(folder, record(1 + (round % 300)));
  if (round === 1) process.stdout.write('writing\n');
}
