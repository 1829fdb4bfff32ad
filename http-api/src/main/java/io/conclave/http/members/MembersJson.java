package io.conclave.http.members;

import io.conclave.http.JsonBytes;
import io.conclave.keyspace.tree.ClusterMember;
import java.util.List;
import org.apache.pekko.util.ByteString;

/** Members as the two ports show them, byte for byte (spec v2-cluster §3 and §13). */
public final class MembersJson {
  private static final int BYTES_EXPECTED = 256;

  private MembersJson() {}

  /** Of {@code /v2/members}. */
  static ByteString list(List<ClusterMember> members) {
    JsonBytes json = new JsonBytes(BYTES_EXPECTED * (members.size() + 1));
    json.raw("{\"members\":[");
    for (int i = 0; i < members.size(); i++) {
      json.raw(i == 0 ? "" : ",");
      member(members.get(i), json);
    }
    return json.raw("]}\n").toByteString();
  }

  /** Of {@code /v2/members/leader}. */
  static ByteString one(ClusterMember member) {
    JsonBytes json = new JsonBytes(BYTES_EXPECTED);
    member(member, json);
    return json.raw('\n').toByteString();
  }

  /** Of {@code /members} on the peer port: numbers for ids, empty fields left out. */
  public static ByteString forPeers(List<ClusterMember> members) {
    JsonBytes json = new JsonBytes(BYTES_EXPECTED * (members.size() + 1));
    json.raw('[');
    for (int i = 0; i < members.size(); i++) {
      ClusterMember member = members.get(i);
      json.raw(i == 0 ? "" : ",");
      json.raw("{\"id\":").raw(Long.toUnsignedString(member.id().value()));
      strings(",\"peerURLs\":", member.peerUrls(), json);
      if (!member.name().isEmpty()) {
        json.raw(",\"name\":").string(member.name());
      }
      if (!member.clientUrls().isEmpty()) {
        strings(",\"clientURLs\":", member.clientUrls(), json);
      }
      json.raw('}');
    }
    return json.raw("]\n").toByteString();
  }

  private static void member(ClusterMember member, JsonBytes json) {
    json.raw("{\"id\":").string(member.id().toString());
    json.raw(",\"name\":").string(member.name());
    strings(",\"peerURLs\":", member.peerUrls(), json);
    strings(",\"clientURLs\":", member.clientUrls(), json);
    json.raw('}');
  }

  private static void strings(String name, List<String> values, JsonBytes json) {
    json.raw(name).raw('[');
    for (int i = 0; i < values.size(); i++) {
      json.raw(i == 0 ? "" : ",").string(values.get(i));
    }
    json.raw(']');
  }
}
