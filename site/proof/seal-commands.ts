/** The commands by which anybody checks the seal of an agreement, with a shell, perl and openssl. */
export function sealCommands(file: string): string {
  return `FILE=${file}
(
  set -eu
  # The certificate: compare this with a fingerprint that you did not get from this page.
  openssl x509 -in certificate.pem -noout -fingerprint -sha256

  # A seal leaves out only itself: the two parts of the file around it are what it signs.
  set -- $(grep -a -o '/ByteRange *\\[[^]]*' "$FILE" | tail -n 1 | tr -cd '0-9 ')
  test $(($3 + $4)) -eq $(wc -c < "$FILE")
  { head -c "$2" "$FILE"; tail -c "$4" "$FILE"; } > signed
  tail -c +$(($2 + 2)) "$FILE" | head -c $(($3 - $2 - 2)) > seal.hex
  perl -ne 'print pack "H*", $_' seal.hex > seal.der

  # Agreements outlive certificates, so that one has ended since is no flaw.
  openssl cms -verify -no_check_time -binary -inform DER -in seal.der -content signed -CAfile certificate.pem -out verified
)`;
}

/** Takes the certificate out of the seal, after the commands above have: for what was sealed with an earlier one. */
export const ownCertificateCommand = 'openssl pkcs7 -inform DER -in seal.der -print_certs -out certificate.pem';
