package io.conclave.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.conclave.raft.core.MemberId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a running cluster tells about itself on the peer port's {@code /members} (spec v2-cluster
 * §13).
 *
 * @param clusterId unsigned
 */
record RemoteCluster(long clusterId, List<Member> members) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One of its members.
   *
   * @param name empty if it has never run
   * @param clientUrls likewise
   */
  record Member(MemberId id, String name, List<String> peerUrls, List<String> clientUrls) {
    private static Member of(JsonNode node) {
      return new Member(
          new MemberId(node.path("id").bigIntegerValue().longValue()),
          node.path("name").asText(""),
          texts(node.path("peerURLs")),
          texts(node.path("clientURLs")));
    }

    /** Whether it is called by its name and URLs in the words of etcd's log. */
    private String described() {
      return "&{ID:%s RaftAttributes:{PeerURLs:%s} Attributes:{Name:%s ClientURLs:%s}}"
          .formatted(id, words(peerUrls), name, words(clientUrls));
    }
  }

  RemoteCluster {
    members = List.copyOf(members);
  }

  /**
   * Reads an answer.
   *
   * @param clusterId of the header {@code X-Etcd-Cluster-Id}, in hex
   * @throws IOException if it is no answer of a cluster
   */
  static RemoteCluster parse(Optional<String> clusterId, String json) throws IOException {
    JsonNode list = JSON.readTree(json);
    if (list == null || !list.isArray()) {
      throw new IOException("could not unmarshal cluster response");
    }
    var members = new ArrayList<Member>();
    list.forEach(node -> members.add(Member.of(node)));
    try {
      return new RemoteCluster(Long.parseUnsignedLong(clusterId.orElse(""), 16), members);
    } catch (NumberFormatException e) {
      throw new IOException("could not parse the cluster ID from cluster res");
    }
  }

  Optional<Member> member(MemberId id) {
    return members.stream().filter(member -> member.id().equals(id)).findFirst();
  }

  /** As etcd 2.3.8 prints it. */
  @Override
  public String toString() {
    return "{ClusterID:%s Members:[%s] RemovedMemberIDs:[]}"
        .formatted(
            Long.toHexString(clusterId),
            members.stream().map(Member::described).collect(Collectors.joining(" ")));
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static String words(List<String> urls) {
    return "[" + String.join(" ", urls) + "]";
  }
}
