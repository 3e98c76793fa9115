import type { Example } from './example.ts';
import program from './verify.go.txt?raw';

/** The commands on /verify/, made for one record of this page. `site` is its address, without a slash at the end. */
export function commands(site: string, { record, signed, bundle, key, leaf, proof, headKeys, allKeys }: Example) {
  const address = quoted(site);
  const quotedLines = (keys: readonly string[]) => keys.map((verifier) => `\t"${verifier}",`).join('\n');
  return {
    candor: `SITE=${address}\nnpm run candor -- verify "$SITE"`,
    openssl: `SITE=${address}
KEY=${key}
BUNDLE=${bundle}
(
  set -eu
  cd "$(mktemp -d)"
  curl -fsS "$SITE/$KEY" -o key.pem
  curl -fsS "$SITE/$BUNDLE" -o bundle.json

  # The key: compare this with a fingerprint that you did not get from this page.
  openssl pkey -pubin -in key.pem -outform DER | openssl dgst -sha256

  # What was signed (DSSE): a header with the length of the statement, and the statement.
  field() { sed -n "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p" bundle.json; }
  field payload | openssl base64 -d -A > statement.json
  field sig | openssl base64 -d -A > signature
  length=$(wc -c < statement.json | tr -d ' ')
  { printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$length"; cat statement.json; } > message
  openssl dgst -sha256 -verify key.pem -signature signature message

  # The statement names the SHA-256 of each file.
  for file in ${signed.join(' ')}; do
    digest=$(curl -fsS "$SITE/$file" | openssl dgst -sha256 | sed 's/.* //')
    grep -qF "\\"sha256\\":\\"$digest\\"},\\"name\\":\\"$file\\"" statement.json
    echo "OK $file"
  done
)`,
    cosign: `SITE=${address}
(
  set -eu
  cd "$(mktemp -d)"
  curl -fsS "$SITE/${key}" -o key.pem
  curl -fsS "$SITE/${bundle}" -o bundle.json
  curl -fsS "$SITE/${record}.json" -o record.json
  cosign verify-blob-attestation --key key.pem --bundle bundle.json --new-bundle-format \\
    --insecure-ignore-tlog --type urn:candor:evidence:1 record.json
)`,
    goRun: `SITE=${address}
go mod init example.com/verify
go get golang.org/x/mod
go run main.go "$SITE"`,
    go: program
      .replace('LEAF', () => leaf)
      .replace('PROOF', () => proof)
      .replace('\tHEAD_KEYS', () => headKeys.map(([key, until]) => `\t"${key}": "${until}",`).join('\n'))
      .replace('\tALL_KEYS', () => quotedLines(allKeys))
      .trimEnd(),
  };
}

/** An address as a shell reads it: a path may hold what a shell would run. */
function quoted(address: string): string {
  return /^[\w./:%@+~-]+$/.test(address) ? address : `'${address.replaceAll("'", "'\\''")}'`;
}
