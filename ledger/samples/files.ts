import { samplesFolder } from '../reader.ts';

/** The files of one sample, relative to the content folder; published under /audit-samples/. */
export function sampleFiles(number: number) {
  return filesIn(`${samplesFolder}/${number}`);
}

/** The same by their published paths. */
export function publishedSampleFiles(number: number) {
  return filesIn(`audit-samples/${number}`);
}

function filesIn(folder: string) {
  return {
    commitment: `${folder}/commitment.json`,
    commitmentProof: `${folder}/commitment.tlog-proof`,
    commitmentBundle: `${folder}/commitment.sigstore.json`,
    draw: `${folder}/draw.json`,
    drawProof: `${folder}/draw.tlog-proof`,
    drawBundle: `${folder}/draw.sigstore.json`,
    picks: `${folder}/picks.json`,
  };
}
