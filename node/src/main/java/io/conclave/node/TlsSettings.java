package io.conclave.node;

import java.util.Optional;

/**
 * Certificates of one side, clients' or peers'. Texts are file names, empty if not given.
 *
 * @param side {@code client} or {@code peer}, for messages
 */
record TlsSettings(
    String side,
    String certFile,
    String keyFile,
    String caFile,
    String trustedCaFile,
    boolean clientCertAuth) {

  static TlsSettings ofClients(FlagValues values) {
    return new TlsSettings(
        "client",
        values.text(Flag.CERT_FILE),
        values.text(Flag.KEY_FILE),
        values.text(Flag.CA_FILE),
        values.text(Flag.TRUSTED_CA_FILE),
        values.isOn(Flag.CLIENT_CERT_AUTH));
  }

  static TlsSettings ofPeers(FlagValues values) {
    return new TlsSettings(
        "peer",
        values.text(Flag.PEER_CERT_FILE),
        values.text(Flag.PEER_KEY_FILE),
        values.text(Flag.PEER_CA_FILE),
        values.text(Flag.PEER_TRUSTED_CA_FILE),
        values.isOn(Flag.PEER_CLIENT_CERT_AUTH));
  }

  /** Is there neither a certificate nor a key? */
  boolean isEmpty() {
    return certFile.isEmpty() && keyFile.isEmpty();
  }

  /** Why HTTPS can't be served with only one of certificate and key. */
  Optional<String> problem() {
    return certFile.isEmpty() == keyFile.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "KeyFile and CertFile must both be present[key: %s, cert: %s]"
                .formatted(keyFile, certFile));
  }

  /** For the log of the start. */
  @Override
  public String toString() {
    return "%sTLS: cert = %s, key = %s, ca = %s, trusted-ca = %s, client-cert-auth = %s"
        .formatted(side, certFile, keyFile, caFile, trustedCaFile, clientCertAuth);
  }
}
