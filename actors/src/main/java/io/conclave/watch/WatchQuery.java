package io.conclave.watch;

import io.conclave.keyspace.tree.KeyPath;

/**
 * What a watcher waits for (spec v2-keys §13).
 *
 * @param waitIndex first index of interest, unsigned; 0 for "from now on"
 * @param stream keep delivering after the first event
 */
public record WatchQuery(KeyPath key, boolean recursive, boolean stream, long waitIndex) {}
