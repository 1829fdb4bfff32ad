package io.conclave.http;

import io.conclave.raft.core.LogPosition;
import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** The {@code X-} headers of one cluster's answers (spec v2-keys §7). */
public final class EtcdHeaders {
  private final HttpHeader cluster;
  private final List<HttpHeader> clusterOnly;

  /** The header of the last term seen; terms change rarely. */
  private volatile TermHeader lastTerm = TermHeader.of(0);

  public EtcdHeaders(long clusterId) {
    this.cluster = RawHeader.create("X-Etcd-Cluster-Id", Long.toHexString(clusterId));
    this.clusterOnly = List.of(cluster);
  }

  /** Of answers that tell no index. */
  public List<HttpHeader> cluster() {
    return clusterOnly;
  }

  /** Of an error: 0 if the request never reached the store. */
  public List<HttpHeader> error(long storeIndex) {
    return List.of(cluster, index(storeIndex));
  }

  /** Of a success or a watch. */
  public List<HttpHeader> success(long storeIndex, LogPosition raft) {
    HttpHeader raftIndex = RawHeader.create("X-Raft-Index", Long.toString(raft.index()));
    return List.of(cluster, index(storeIndex), raftIndex, term(raft.term()));
  }

  private static HttpHeader index(long storeIndex) {
    return RawHeader.create("X-Etcd-Index", Long.toString(storeIndex));
  }

  private HttpHeader term(long term) {
    TermHeader known = lastTerm;
    if (known.term != term) {
      known = TermHeader.of(term);
      lastTerm = known;
    }
    return known.header;
  }

  private record TermHeader(long term, HttpHeader header) {
    static TermHeader of(long term) {
      return new TermHeader(term, RawHeader.create("X-Raft-Term", Long.toString(term)));
    }
  }
}
