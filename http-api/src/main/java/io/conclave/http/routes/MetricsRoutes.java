package io.conclave.http.routes;

import com.sun.management.UnixOperatingSystemMXBean;
import io.conclave.http.JsonBytes;
import io.conclave.http.MemberGateways;
import io.conclave.http.MetricSource;
import io.conclave.http.PrometheusText;
import io.conclave.http.RequestBodies;
import io.conclave.http.Responses;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.StoreStats;
import io.conclave.raft.MemberView;
import io.conclave.watch.WatchStats;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;

/** {@code /metrics} and {@code /debug/vars} (spec v2-cluster §11, divergence 21). */
final class MetricsRoutes {
  private static final ContentType PROMETHEUS = ContentTypes.parse("text/plain; version=0.0.4");

  /** Pekko's own JSON type never shows a charset. */
  private static final ContentType JSON_UTF8 =
      MediaTypes.customWithOpenCharset("application", "json", Map.of(), false)
          .toContentType(HttpCharsets.custom("utf-8"));

  private final MemberGateways gateways;
  private final List<MetricSource> sources;
  private final RequestBodies bodies;

  /**
   * @param sources what is shown beside store, watches and process
   */
  MetricsRoutes(MemberGateways gateways, List<MetricSource> sources, RequestBodies bodies) {
    this.gateways = gateways;
    this.sources = List.copyOf(sources);
    this.bodies = bodies;
  }

  /** Any method. */
  CompletionStage<HttpResponse> metrics(HttpRequest request) {
    return bodies.discard(request).thenApply(none -> metrics());
  }

  CompletionStage<HttpResponse> vars(HttpRequest request) {
    boolean get = request.method().value().equals("GET");
    return bodies
        .discard(request)
        .thenApply(none -> get ? vars() : Responses.methodNotAllowed("GET"));
  }

  private HttpResponse metrics() {
    PrometheusText text = new PrometheusText();
    sources.forEach(source -> source.writeTo(text));
    writeProcess(text);
    writeStore(text, gateways.published().tree().get());
    text.gauge(
        "etcd_store_tree_limit_bytes",
        "Heap that the keys may take.",
        gateways.treeLimit().bytesMax());
    writeWatches(text, gateways.watchStats().get());
    return Responses.of(200, PROMETHEUS, text.toString());
  }

  private static void writeProcess(PrometheusText text) {
    text.gauge(
        "etcd_server_file_descriptors_used_total",
        "Open file descriptors.",
        fileDescriptors().getOpenFileDescriptorCount());
  }

  private static void writeStore(PrometheusText text, KeySpace tree) {
    StoreStats stats = tree.stats();
    String writes = "etcd_store_writes_total";
    text.announce(writes, "Writes since the cluster began, by counter of the store.", "counter");
    for (StoreStats.Counter counter : StoreStats.Counter.values()) {
      if (counter != StoreStats.Counter.EXPIRE_COUNT) {
        text.sample(writes, "action=\"" + counter.json() + "\"", stats.get(counter));
      }
    }
    text.counter(
        "etcd_store_expires_total",
        "Expired keys since the cluster began.",
        stats.get(StoreStats.Counter.EXPIRE_COUNT));
    text.gauge("etcd_store_index", "The store index.", tree.index());
    text.gauge("etcd_store_tree_bytes", "Heap that the keys take, estimated.", tree.treeBytes());
    text.gauge(
        "etcd_store_history_bytes", "Bytes that the event history holds.", tree.history().bytes());
  }

  private static void writeWatches(PrometheusText text, WatchStats stats) {
    text.gauge("etcd_store_watchers", "Open watches.", stats.watchers());
    text.counter(
        "etcd_watch_slow_consumers_total", "Watches whose reader fell behind.", stats.slow());
    text.counter("etcd_watch_refused_total", "Watches refused at the limit.", stats.refused());
  }

  private HttpResponse vars() {
    MemberView view = gateways.published().view().get();
    JsonBytes json = new JsonBytes(1024);
    json.raw("{\n\"cmdline\": ");
    json.raw('[').string(ProcessHandle.current().info().command().orElse("")).raw(']');
    json.raw(",\n\"file_descriptor_limit\": ")
        .number(fileDescriptors().getMaxFileDescriptorCount());
    memory(json.raw(",\n\"memstats\": "));
    json.raw(",\n\"raft.status\": {\"id\":").string(view.self().toString());
    json.raw(",\"term\":").number(view.term());
    json.raw(",\"commit\":").number(view.commitIndex());
    json.raw(",\"lead\":").string(view.leader().toString());
    json.raw(",\"raftState\":").string(view.role().statsName()).raw("}\n}\n");
    return Responses.of(200, JSON_UTF8, json.toByteString());
  }

  private static void memory(JsonBytes json) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    json.raw("{\"heapUsed\":").number(memory.getHeapMemoryUsage().getUsed());
    json.raw(",\"heapCommitted\":").number(memory.getHeapMemoryUsage().getCommitted());
    json.raw(",\"heapMax\":").number(memory.getHeapMemoryUsage().getMax());
    json.raw(",\"nonHeapUsed\":").number(memory.getNonHeapMemoryUsage().getUsed()).raw('}');
  }

  private static UnixOperatingSystemMXBean fileDescriptors() {
    return (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
