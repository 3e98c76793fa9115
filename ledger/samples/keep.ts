import { SampleCommitment, SampleDraw, SamplePicks } from '../../schemas/index.ts';
import { jsonBytes } from '../files/bytes.ts';
import { statementOf } from '../statement.ts';
import type { Ledger } from '../writer.ts';
import { publishedSampleFiles, sampleFiles } from './files.ts';

/** What signs the files of a commitment, and those of a draw. */
export const COMMITMENT_STATEMENT = 'urn:candor:commitment:1';
export const DRAW_STATEMENT = 'urn:candor:draw:1';

/** Logs and signs a commitment with all its files, as one change. Throws LedgerNotWritten, LedgerClockBehind. */
export async function keepCommitment(ledger: Ledger, commitment: SampleCommitment): Promise<void> {
  const entry = SampleCommitment.parse(commitment);
  const bytes = jsonBytes(entry);
  const { number, at } = entry;
  const own = sampleFiles(number);
  await ledger.append([
    {
      entry,
      bytes,
      files: ({ index, proof }) => {
        const subjects: [string, Buffer][] = [[publishedSampleFiles(number).commitment, bytes]];
        const predicate = { origin: ledger.origin, index, number, at };
        return [
          [own.commitment, bytes],
          [own.commitmentProof, Buffer.from(proof)],
          [own.commitmentBundle, Buffer.from(ledger.sign(statementOf(subjects, COMMITMENT_STATEMENT, predicate)))],
        ];
      },
    },
  ]);
}

/** Logs and signs what became of a sample, with what was drawn where it was. Throws LedgerNotWritten, LedgerClockBehind. */
export async function keepDraw(ledger: Ledger, draw: SampleDraw, picks: SamplePicks | undefined): Promise<void> {
  const entry = SampleDraw.parse(draw);
  const bytes = jsonBytes(entry);
  const picked = picks === undefined ? undefined : jsonBytes(SamplePicks.parse(picks));
  const { number, at } = entry;
  const own = sampleFiles(number);
  const published = publishedSampleFiles(number);
  await ledger.append([
    {
      entry,
      bytes,
      files: ({ index, proof }) => {
        const subjects: [string, Buffer][] = [[published.draw, bytes]];
        if (picked !== undefined) subjects.push([published.picks, picked]);
        const predicate = { origin: ledger.origin, index, number, at };
        return [
          ...(picked === undefined ? [] : [[own.picks, picked] satisfies [string, Buffer]]),
          [own.draw, bytes],
          [own.drawProof, Buffer.from(proof)],
          [own.drawBundle, Buffer.from(ledger.sign(statementOf(subjects, DRAW_STATEMENT, predicate)))],
        ];
      },
    },
  ]);
}
