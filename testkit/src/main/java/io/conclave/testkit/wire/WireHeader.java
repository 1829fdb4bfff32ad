package io.conclave.testkit.wire;

/** A header field as it is written on the wire. */
public record WireHeader(String name, String value) {}
