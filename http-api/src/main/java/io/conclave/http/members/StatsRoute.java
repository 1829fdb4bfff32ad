package io.conclave.http.members;

import io.conclave.http.JsonBytes;
import io.conclave.http.MemberGateways;
import io.conclave.http.MessageErrors;
import io.conclave.http.ReadCounters;
import io.conclave.http.RequestBodies;
import io.conclave.http.RequestHandler;
import io.conclave.http.RequestTarget;
import io.conclave.http.Responses;
import io.conclave.keyspace.tree.StoreStats;
import io.conclave.raft.AppendRate;
import io.conclave.raft.FollowerStats;
import io.conclave.raft.MemberView;
import io.conclave.raft.ReplicationStats;
import io.conclave.raft.core.MemberId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code /v2/stats/self}, {@code leader} and {@code store} (spec v2-cluster §8). */
public final class StatsRoute implements RequestHandler {
  private static final DateTimeFormatter LOCAL_TIME =
      DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(ZoneId.systemDefault());

  private final MemberGateways gateways;
  private final ReadCounters reads;
  private final RequestBodies bodies;

  public StatsRoute(MemberGateways gateways, ReadCounters reads, RequestBodies bodies) {
    this.gateways = gateways;
    this.reads = reads;
    this.bodies = bodies;
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request, RequestTarget target) {
    return bodies
        .discard(request)
        .thenApply(none -> answer(request.method().value(), target.pathText()));
  }

  private HttpResponse answer(String method, String path) {
    if (!method.equals("GET")) {
      return Responses.methodNotAllowed("GET");
    }
    return switch (path) {
      case "/v2/stats/self" -> ok(self());
      case "/v2/stats/leader" -> leader();
      case "/v2/stats/store" -> ok(store());
      default -> Responses.notFound();
    };
  }

  private JsonBytes self() {
    MemberView view = gateways.published().view().get();
    Instant leaderSince =
        view.leaderSinceMillis() == 0
            ? gateways.startedAt()
            : Instant.ofEpochMilli(view.leaderSinceMillis());
    String leader = view.hasLeader() ? view.leader().toString() : "";
    String uptime = GoDuration.text(Duration.between(leaderSince, Instant.now()));
    JsonBytes json = new JsonBytes(512);
    json.raw("{\"name\":").string(gateways.name());
    json.raw(",\"id\":").string(view.self().toString());
    json.raw(",\"state\":").string(view.role().statsName());
    json.raw(",\"startTime\":").string(LOCAL_TIME.format(gateways.startedAt()));
    json.raw(",\"leaderInfo\":{\"leader\":").string(leader);
    json.raw(",\"uptime\":").string(uptime);
    json.raw(",\"startTime\":").string(LOCAL_TIME.format(leaderSince));
    json.raw('}');
    ReplicationStats replication = gateways.published().replication();
    appends("recv", replication.received(), json);
    appends("send", replication.sent(), json);
    return json.raw('}');
  }

  /** The rates are left out while nothing goes that way. */
  private static void appends(String way, AppendRate rate, JsonBytes json) {
    AppendRate.Reading reading = rate.read(System.nanoTime());
    json.raw(",\"").raw(way).raw("AppendRequestCnt\":").number(reading.total());
    if (reading.messagesPerSecond() > 0) {
      json.raw(",\"").raw(way).raw("PkgRate\":").number(reading.messagesPerSecond());
      json.raw(",\"").raw(way).raw("BandwidthRate\":").number(reading.bytesPerSecond());
    }
  }

  private HttpResponse leader() {
    MemberView view = gateways.published().view().get();
    if (!view.isLeader()) {
      return MessageErrors.of(403, "not current leader", List.of());
    }
    JsonBytes json = new JsonBytes(512);
    json.raw("{\"leader\":").string(view.self().toString()).raw(",\"followers\":{");
    String separator = "";
    for (Map.Entry<String, FollowerStats> follower : followers(view.self()).entrySet()) {
      json.raw(separator).string(follower.getKey()).raw(':');
      follower(follower.getValue(), json);
      separator = ",";
    }
    return ok(json.raw("}}"));
  }

  /** By id as text: all members that there are, and those that were removed meanwhile. */
  private SortedMap<String, FollowerStats> followers(MemberId self) {
    SortedMap<String, FollowerStats> followers = new TreeMap<>();
    gateways.published().tree().get().members().stream()
        .filter(member -> !member.id().equals(self))
        .forEach(member -> followers.put(member.id().toString(), FollowerStats.NONE));
    gateways
        .published()
        .replication()
        .followers()
        .forEach((id, stats) -> followers.put(id.toString(), stats));
    return followers;
  }

  private static void follower(FollowerStats stats, JsonBytes json) {
    FollowerStats.Latency latency = stats.latency();
    json.raw("{\"latency\":{\"current\":").number(latency.current());
    json.raw(",\"average\":").number(latency.average());
    json.raw(",\"standardDeviation\":").number(latency.standardDeviation());
    json.raw(",\"minimum\":").number(latency.minimum());
    json.raw(",\"maximum\":").number(latency.maximum());
    json.raw("},\"counts\":{\"fail\":").number(stats.failures());
    json.raw(",\"success\":").number(stats.successes()).raw("}}");
  }

  private JsonBytes store() {
    StoreStats stats = gateways.published().tree().get().stats();
    JsonBytes json = new JsonBytes(512);
    json.raw("{\"getsSuccess\":").number(reads.successes());
    json.raw(",\"getsFail\":").number(reads.fails());
    for (StoreStats.Counter counter : StoreStats.Counter.values()) {
      json.raw(",\"").raw(counter.json()).raw("\":").number(stats.get(counter));
    }
    json.raw(",\"watchers\":").number(gateways.watchStats().get().watchers());
    return json.raw('}');
  }

  private static HttpResponse ok(JsonBytes json) {
    return Responses.of(200, Responses.JSON, json.toByteString());
  }
}
