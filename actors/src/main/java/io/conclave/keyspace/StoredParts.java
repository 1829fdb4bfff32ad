package io.conclave.keyspace;

import io.conclave.keyspace.tree.ClusterState;
import io.conclave.keyspace.tree.KeyEvent;
import io.conclave.keyspace.tree.KeyEvent.Action;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.NodeView;
import io.conclave.keyspace.tree.StoreStats;
import io.conclave.keyspace.tree.StoredHeader;
import io.conclave.keyspace.tree.StoredNode;
import io.conclave.raft.codec.BinaryReader;
import io.conclave.raft.codec.BinaryWriter;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.codec.MembershipCodec;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership;
import io.conclave.raft.core.Stamp;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The records inside the blocks of {@link TreeCodec}. */
final class StoredParts {
  /** Id, length of the name, count of URLs. */
  private static final int ATTRIBUTES_BYTES_MIN = 10;

  private static final int CREATED = 1;
  private static final int HAS_PREV_NODE = 1 << 1;

  private static final int HAS_VALUE = 1;
  private static final int DIR = 1 << 1;
  private static final int HAS_EXPIRATION = 1 << 2;

  private StoredParts() {}

  static void write(BinaryWriter out, StoredHeader header) {
    out.writeVarint(header.index())
        .writeVarint(header.stamp().clusterTime())
        .writeSignedVarint(header.stamp().wallOffset())
        .writeVarint(header.historyMax())
        .writeVarint(header.historySize());
    StoreStats.Counter[] counters = StoreStats.Counter.values();
    out.writeVarint(counters.length);
    for (StoreStats.Counter counter : counters) {
      out.writeVarint(header.stats().get(counter));
    }
    ClusterState cluster = header.cluster();
    MembershipCodec.write(out, cluster.membership());
    out.writeVarint(cluster.published().size());
    cluster
        .published()
        .forEach(
            (id, attributes) -> {
              out.writeLong(id.value()).writeText(attributes.name());
              out.writeVarint(attributes.clientUrls().size());
              attributes.clientUrls().forEach(out::writeText);
            });
    out.writeText(cluster.version());
  }

  static StoredHeader readHeader(BinaryReader in) {
    long index = in.readNatural();
    Stamp stamp = new Stamp(in.readNatural(), in.readSignedVarint());
    int historyMax = readInt(in);
    int historySize = readInt(in);
    long[] counts = new long[in.readCount(1)];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = in.readVarint();
    }
    return new StoredHeader(
        index, stamp, historyMax, historySize, StoreStats.of(counts), readCluster(in));
  }

  static void write(BinaryWriter out, StoredNode node) {
    out.writeVarint(node.depth())
        .writeBytes(node.name())
        .writeVarint(node.modifiedIndex())
        .writeBoolean(node.expires());
    if (node.expires()) {
      out.writeSignedVarint(node.deadline());
    }
    if (!node.directory()) {
      out.writeVarint(node.modifiedIndex() - node.createdIndex()).writeBytes(node.value());
    }
  }

  static StoredNode readNode(BinaryReader in, boolean directory) {
    int depth = readInt(in);
    Bytes name = in.readBytes();
    long modified = in.readNatural();
    boolean expires = in.readBoolean();
    long deadline = expires ? in.readSignedVarint() : 0;
    long created = directory ? modified : modified - in.readNatural();
    Bytes value = directory ? Bytes.EMPTY : in.readBytes();
    return new StoredNode(depth, name, directory, value, created, modified, expires, deadline);
  }

  /** The index is not written: events follow each other without a gap. */
  static void write(BinaryWriter out, KeyEvent event) {
    NodeView before = event.prevNodeOrNull();
    out.writeByte(code(event.action()))
        .writeByte((event.created() ? CREATED : 0) | (before != null ? HAS_PREV_NODE : 0))
        .writeBytes(event.key().bytes());
    write(out, event.node());
    if (before != null) {
      write(out, before);
    }
  }

  static KeyEvent readEvent(BinaryReader in, long index) {
    Action action = action(in.readByte());
    int flags = in.readByte();
    KeyPath key = KeyPath.of(in.readBytes());
    NodeView node = readView(in, key);
    NodeView before = (flags & HAS_PREV_NODE) != 0 ? readView(in, key) : null;
    return new KeyEvent(action, node, before, index, false, (flags & CREATED) != 0);
  }

  private static void write(BinaryWriter out, NodeView view) {
    out.writeByte(
            (view.hasValue() ? HAS_VALUE : 0)
                | (view.dir() ? DIR : 0)
                | (view.hasExpiration() ? HAS_EXPIRATION : 0))
        .writeVarint(view.modifiedIndex())
        .writeVarint(view.createdIndex());
    if (view.hasExpiration()) {
      out.writeSignedVarint(view.expiration()).writeSignedVarint(view.ttl());
    }
    if (view.hasValue()) {
      out.writeBytes(view.value());
    }
  }

  private static NodeView readView(BinaryReader in, KeyPath key) {
    int flags = in.readByte();
    long modified = in.readNatural();
    long created = in.readNatural();
    boolean hasExpiration = (flags & HAS_EXPIRATION) != 0;
    long expiration = hasExpiration ? in.readSignedVarint() : 0;
    long ttl = hasExpiration ? in.readSignedVarint() : 0;
    boolean hasValue = (flags & HAS_VALUE) != 0;
    Bytes value = hasValue ? in.readBytes() : Bytes.EMPTY;
    return new NodeView(
        key,
        hasValue,
        value,
        (flags & DIR) != 0,
        hasExpiration,
        expiration,
        ttl,
        List.of(),
        modified,
        created);
  }

  private static ClusterState readCluster(BinaryReader in) {
    Membership membership = MembershipCodec.read(in);
    TreeMap<MemberId, ClusterState.Attributes> published = new TreeMap<>();
    for (int left = in.readCount(ATTRIBUTES_BYTES_MIN); left > 0; left--) {
      MemberId id = new MemberId(in.readLong());
      String name = in.readText();
      int count = in.readCount(1);
      List<String> clientUrls = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        clientUrls.add(in.readText());
      }
      published.put(id, new ClusterState.Attributes(name, clientUrls));
    }
    return new ClusterState(membership, published, in.readText());
  }

  private static int readInt(BinaryReader in) {
    long number = in.readVarint();
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new MalformedData("a number out of range: " + Long.toUnsignedString(number));
    }
    return (int) number;
  }

  private static int code(Action action) {
    return switch (action) {
      case GET -> throw new IllegalStateException("a read is no event");
      case SET -> 1;
      case CREATE -> 2;
      case UPDATE -> 3;
      case COMPARE_AND_SWAP -> 4;
      case DELETE -> 5;
      case COMPARE_AND_DELETE -> 6;
      case EXPIRE -> 7;
    };
  }

  private static Action action(int code) {
    return switch (code) {
      case 1 -> Action.SET;
      case 2 -> Action.CREATE;
      case 3 -> Action.UPDATE;
      case 4 -> Action.COMPARE_AND_SWAP;
      case 5 -> Action.DELETE;
      case 6 -> Action.COMPARE_AND_DELETE;
      case 7 -> Action.EXPIRE;
      default -> throw new MalformedData("unknown action " + code);
    };
  }
}
