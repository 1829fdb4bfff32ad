package io.conclave.http.keys;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.V2Error;
import io.conclave.watch.WatchQuery;

/** What a request to {@code /v2/keys} asks for (spec v2-keys §4). */
sealed interface KeyRequest {
  /** Read a node. */
  record Get(KeyPath key, boolean recursive, boolean sorted, boolean quorum)
      implements KeyRequest {}

  /** Wait for events. */
  record Watch(WatchQuery query) implements KeyRequest {}

  /** Change the key space. */
  record Write(Command command) implements KeyRequest {}

  /** The request is malformed; nothing was read or changed. */
  record Invalid(V2Error error) implements KeyRequest {}
}
