package io.conclave.http.keys;

import static io.conclave.raft.core.Require.require;

/**
 * How large a request to {@code /v2/keys} may be; etcd knows the first limit only.
 *
 * @param formBytesMax of a form body; more is error 210
 * @param keyBytesMax of the whole decoded path below {@code /v2/keys}; more is error 209
 * @param keyDepthMax components of a key; more is error 209
 * @param valueBytesMax of a decoded value; more is error 209
 */
public record KeyLimits(int formBytesMax, int keyBytesMax, int keyDepthMax, int valueBytesMax) {
  public KeyLimits {
    require(formBytesMax > 0, "form limit of %d bytes", formBytesMax);
    require(keyBytesMax > 0, "key limit of %d bytes", keyBytesMax);
    require(keyDepthMax > 0, "key depth limit of %d", keyDepthMax);
    require(valueBytesMax > 0, "value limit of %d bytes", valueBytesMax);
  }
}
